"""Sessions of people: short tokens, each replaced by a new one while the session is used, up to the session's end.

A token is offered once half of the life of the one before it is over. The old one holds until the new one has been
used, so that an answer which never arrives loses nothing, and a moment longer, for what was under way beside it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import repository
from app.auth.permissions import Role
from app.auth.principal import Principal, PrincipalKind
from app.config import Settings
from app.kit.clock import now
from app.kit.crypto import keyed_hash, new_token
from app.kit.db import Scope, enter

PREFIX = "trs_"
USED = 0.5
"""Share of a token's life after which the next one is offered."""
GRACE = timedelta(seconds=30)
"""How long a token holds after the next one has been used."""
AGAIN = timedelta(minutes=1)
"""Until another token is offered where the one that was has not been used."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A token that replaces the one that was used."""

    token: str
    expires_at: datetime


def life(settings: Settings) -> timedelta:
    return timedelta(minutes=settings.session_minutes)


def bound(settings: Settings) -> timedelta:
    return timedelta(hours=settings.session_hours)


async def find(session: AsyncSession, settings: Settings, hashes: tuple[bytes, ...]) -> Principal | None:
    """Whose session knows a token by one of these hashes, the current form first; an expired one as well."""
    row = await repository.find_session(session, hashes)
    if row is None:
        return None
    moment = now()
    expires_at, renews_at = row.expires_at, row.renewed_at + USED * life(settings)
    if row.next_hash in hashes:
        expires_at, renews_at = min(row.offered_at + life(settings), row.ends_at), moment + USED * life(settings)
        if expires_at > moment:
            await enter(session, Scope(user_id=row.user_id))
            await repository.use_next(
                session, row.session_id, row.next_hash, hashes[0], expires_at=expires_at, previous_until=moment + GRACE
            )
    elif row.token_hash not in hashes:
        expires_at, renews_at = row.previous_until, None
    elif row.token_hash != hashes[0]:
        await enter(session, Scope(user_id=row.user_id))
        await repository.rehash_session(session, row.session_id, row.token_hash, hashes[0])
    roles: dict[UUID, Role] = {org_id: Role(role) for org_id, role in zip(row.org_ids, row.roles, strict=True)}
    return Principal(
        kind=PrincipalKind.USER,
        id=row.session_id,
        user_id=row.user_id,
        roles=roles,
        expires_at=expires_at,
        renews_at=renews_at if expires_at < row.ends_at else None,
        is_platform_admin=row.is_platform_admin,
    )


async def offer(
    session: AsyncSession, settings: Settings, principal: Principal, *, at_once: bool = False
) -> Offer | None:
    """None where another request has just been offered one, or the session has ended."""
    token, moment = new_token(PREFIX), now()
    hashed = keyed_hash(settings.key_pepper, token)
    before = None if at_once else moment - AGAIN
    ends_at = await repository.offer_next(session, principal.id, hashed, moment, unless_after=before)
    return Offer(token, min(moment + life(settings), ends_at)) if ends_at else None
