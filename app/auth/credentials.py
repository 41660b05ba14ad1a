"""From a bearer token to a principal; known tokens are remembered until something is revoked."""

import hmac
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from cachetools import TTLCache
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import repository, sessions
from app.auth.credential_limit import Trial
from app.auth.permissions import KEPT, KeyScope, Role, in_project
from app.auth.principal import Principal, PrincipalKind
from app.auth.sessions import Offer
from app.config import Settings
from app.errors import Unauthenticated
from app.kit.clock import now
from app.kit.crypto import keyed_hash, keyed_hashes
from app.kit.db import Database, Scope, enter
from app.kit.remembered import Remembered

KEY_PREFIX = "trn_"
WORKER_PREFIX = "trw_"
SHOWN = 12
"""Characters of a key, after `trn_`, by which it is found and shown."""
REMEMBERED = timedelta(seconds=10)
PROVEN = timedelta(hours=1)
MOST = 20_000
TOPIC = "credentials"
"""Told on `kit.notify` when a key, session, membership or attempt is revoked."""

Hashes = tuple[bytes, ...]
"""As what a token may be stored, the current form first."""


class Credentials:
    """Checks tokens. While nobody listens for revocations nothing is remembered."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._known: Remembered[bytes, Principal | None] = Remembered(seconds=REMEMBERED.total_seconds(), most=MOST)
        self._known.remembers = False
        self._proven: TTLCache[bytes, bool] = TTLCache(maxsize=MOST, ttl=PROVEN.total_seconds())
        """Tokens that were good lately: they are looked up all the same."""

    async def principal(self, token: str, trial: Trial | None = None) -> Principal:
        """Raises `Unauthenticated` for a token that is unknown, expired or revoked, without telling which; `TooMany`
        where whoever tries it has tried too many."""
        peppers = self._settings.key_peppers
        hashed = keyed_hash(peppers[0], token)
        proven = hashed in self._proven
        if trial is not None and not proven:
            await trial.admit()
        principal = await self._known.of(hashed, lambda: self._read(token, keyed_hashes(peppers, token)))
        if principal is None or (principal.expires_at and principal.expires_at <= now()):
            if trial is not None:
                await trial.failed()
            raise Unauthenticated(
                "the credential is missing, unknown, expired or revoked: sign in again, or use another key"
            )
        if not proven:
            self._proven[hashed] = True
        return principal

    async def next_token(self, principal: Principal) -> Offer | None:
        """For the session that the principal came with."""
        async with self._database.session(principal.scope) as session:
            return await sessions.offer(session, self._settings, principal)

    def forget(self) -> None:
        self._known.forget()

    def trust(self, listening: bool) -> None:
        """Remember tokens only while revocations are heard."""
        self._known.remembers = listening
        self.forget()

    @property
    def remembers(self) -> bool:
        return self._known.remembers

    async def _read(self, token: str, hashes: Hashes) -> Principal | None:
        async with self._database.session() as session:
            principal = await _find(session, self._settings, token, hashes)
            return principal and await _standing(session, principal)


async def _find(session: AsyncSession, settings: Settings, token: str, hashes: Hashes) -> Principal | None:
    if token.startswith(KEY_PREFIX):
        return await _key(session, token, hashes)
    if token.startswith(sessions.PREFIX):
        return await sessions.find(session, settings, hashes)
    if token.startswith(WORKER_PREFIX):
        return await _worker(session, hashes)
    return None


async def _key(session: AsyncSession, token: str, hashes: Hashes) -> Principal | None:
    row = await repository.find_api_key(session, token[: len(KEY_PREFIX) + SHOWN])
    if row is None or not any(_same(row.key_hash, hashed) for hashed in hashes):
        return None
    if row.expires_at is None or row.expires_at > now():
        await enter(session, Scope((row.org_id,)))
        await repository.note_use(session, row.key_id)
        if row.key_hash != hashes[0]:
            await repository.rehash_key(session, row.key_id, hashes[0])
    return Principal(
        kind=PrincipalKind.API_KEY,
        id=row.key_id,
        user_id=row.user_id,
        service_account_id=row.service_account_id,
        roles={row.org_id: Role(row.role)},
        project_id=row.project_id,
        expires_at=row.expires_at,
        scopes=frozenset(KeyScope(scope) for scope in row.scopes),
    )


async def _worker(session: AsyncSession, hashes: Hashes) -> Principal | None:
    for hashed in hashes:
        if row := await repository.find_worker(session, hashed):
            break
    else:
        return None
    if hashed != hashes[0]:
        await enter(session, Scope((row.org_id,)))
        await repository.rehash_worker(session, row.workload_id, hashed, hashes[0])
    return Principal(
        kind=PrincipalKind.WORKER,
        id=row.workload_id,
        user_id=None,
        roles={row.org_id: Role.WORKER},
        project_id=row.project_id,
        run_id=row.run_id,
        attempt=row.attempt,
    )


async def _standing(session: AsyncSession, principal: Principal) -> Principal | None:
    """None where the person is disabled, or a key's organization. A job goes on until it is stopped."""
    if principal.kind is PrincipalKind.WORKER:
        return principal
    await enter(session, principal.scope)
    disabled = await repository.disabled(session, principal.user_id, tuple(principal.roles))
    roles = {org_id: role for org_id, role in principal.roles.items() if org_id not in disabled}
    if principal.user_id in disabled or (principal.kind is PrincipalKind.API_KEY and not roles):
        return None
    withheld: frozenset[UUID] = frozenset()
    if principal.kind is PrincipalKind.USER:
        withheld = await repository.demanding(session, principal.id, tuple(roles))
    kept = {org_id: role for org_id, role in roles.items() if org_id not in withheld}
    return await _with_project_roles(session, replace(principal, roles=kept, withheld=tuple(sorted(withheld))))


async def _with_project_roles(session: AsyncSession, principal: Principal) -> Principal:
    orgs = [org_id for org_id, role in principal.roles.items() if role not in KEPT]
    if not orgs or principal.actor_id is None:
        return principal
    rows = await repository.find_project_roles(session, principal.actor_id, orgs)
    roles = {
        row.project_id: in_project(
            principal.roles[row.org_id], Role(row.role) if row.role else None, private=row.private
        )
        for row in rows
    }
    return replace(principal, project_roles=roles)


def _same(stored: bytes, given: bytes) -> bool:
    return hmac.compare_digest(stored, given)
