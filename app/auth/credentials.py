"""From a bearer token to a principal; known tokens are remembered until something is revoked."""

import hmac
from datetime import timedelta
from uuid import UUID

from cachetools import TTLCache
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import repository
from app.auth.permissions import KeyScope, Role
from app.auth.principal import Principal, PrincipalKind
from app.errors import Unauthenticated
from app.kit.clock import now
from app.kit.crypto import keyed_hash
from app.kit.db import Database, Scope, enter

KEY_PREFIX = "trn_"
SESSION_PREFIX = "trs_"
WORKER_PREFIX = "trw_"
SHOWN = 12
"""Characters of a key, after `trn_`, by which it is found and shown."""
REMEMBERED = timedelta(seconds=10)
TOPIC = "credentials"
"""Told on `kit.notify` when a key, session, membership or attempt is revoked."""


class Credentials:
    """Checks tokens. While nobody listens for revocations nothing is remembered."""

    def __init__(self, database: Database, pepper: bytes) -> None:
        self._database = database
        self._pepper = pepper
        self._known: TTLCache[bytes, Principal] = TTLCache(maxsize=20_000, ttl=REMEMBERED.total_seconds())
        self.remembers = False
        self._forgotten = 0

    async def principal(self, token: str) -> Principal:
        """Raises `Unauthenticated` for a token that is unknown, expired or revoked, without telling which."""
        hashed = keyed_hash(self._pepper, token)
        principal = self._known.get(hashed)
        if principal is None:
            forgotten = self._forgotten
            async with self._database.session() as session:
                principal = await _find(session, token, hashed)
            # What was read before a revocation was heard is not remembered after it.
            if principal is not None and self.remembers and forgotten == self._forgotten:
                self._known[hashed] = principal
        if principal is None or (principal.expires_at and principal.expires_at <= now()):
            raise Unauthenticated(
                "the credential is missing, unknown, expired or revoked: sign in again, or use another key"
            )
        return principal

    def forget(self) -> None:
        self._forgotten += 1
        self._known.clear()

    def trust(self, listening: bool) -> None:
        """Remember tokens only while revocations are heard."""
        self.remembers = listening
        self.forget()


async def _find(session: AsyncSession, token: str, hashed: bytes) -> Principal | None:
    if token.startswith(KEY_PREFIX):
        return await _key(session, token, hashed)
    if token.startswith(SESSION_PREFIX):
        return await _session(session, hashed)
    if token.startswith(WORKER_PREFIX):
        return await _worker(session, hashed)
    return None


async def _key(session: AsyncSession, token: str, hashed: bytes) -> Principal | None:
    row = await repository.find_api_key(session, token[: len(KEY_PREFIX) + SHOWN])
    if row is None or not _same(row.key_hash, hashed):
        return None
    if row.expires_at is None or row.expires_at > now():
        await enter(session, Scope((row.org_id,)))
        await repository.note_use(session, row.key_id)
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


async def _session(session: AsyncSession, hashed: bytes) -> Principal | None:
    row = await repository.find_session(session, hashed)
    if row is None:
        return None
    roles: dict[UUID, Role] = {org_id: Role(role) for org_id, role in zip(row.org_ids, row.roles, strict=True)}
    return Principal(
        kind=PrincipalKind.USER,
        id=row.session_id,
        user_id=row.user_id,
        roles=roles,
        expires_at=row.expires_at,
        is_platform_admin=row.is_platform_admin,
    )


async def _worker(session: AsyncSession, hashed: bytes) -> Principal | None:
    row = await repository.find_worker(session, hashed)
    if row is None:
        return None
    return Principal(
        kind=PrincipalKind.WORKER,
        id=row.workload_id,
        user_id=None,
        roles={row.org_id: Role.WORKER},
        project_id=row.project_id,
        run_id=row.run_id,
        attempt=row.attempt,
    )


def _same(stored: bytes, given: bytes) -> bool:
    return hmac.compare_digest(stored, given)
