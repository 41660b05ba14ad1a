"""One's own sessions: where one is signed in, and how that ends."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.repository import SessionRepository
from app.activity import service as activity
from app.activity.actor import Actor, Subject
from app.auth import repository as auth_repository
from app.auth import sessions
from app.auth.credentials import TOPIC
from app.auth.principal import Principal, PrincipalKind
from app.auth.sessions import Offer
from app.config import Settings
from app.errors import Forbidden, NotFound, Unauthenticated
from app.kit.clock import now
from app.kit.crypto import keyed_hash, new_token
from app.kit.db import NOBODY, Scope, enter
from app.kit.notify import notify
from app.tables import SignInSession


async def open_new(
    session: AsyncSession, *, settings: Settings, user_id: UUID, user_agent: str, second_factor: bool = False
) -> tuple[str, datetime]:
    """A new token and when it expires; the transaction then sees what the user sees."""
    token, moment = new_token(sessions.PREFIX), now()
    ends_at = moment + sessions.bound(settings)
    hashed = keyed_hash(settings.key_pepper, token)
    row = SignInSession(
        user_id=user_id,
        token_hash=hashed,
        user_agent=user_agent[:200],
        renewed_at=moment,
        expires_at=min(moment + sessions.life(settings), ends_at),
        ends_at=ends_at,
        second_factor_at=moment if second_factor else None,
    )
    await enter(session, Scope(user_id=user_id))
    if await auth_repository.disabled(session, user_id, ()):
        raise Unauthenticated("this account is disabled: ask the administrator of the platform")
    await SessionRepository(session).add(row)
    found = await auth_repository.find_session(session, (hashed,))
    org_ids = tuple(found.org_ids) if found else ()
    await enter(session, Scope(org_ids, user_id) if found else NOBODY)
    if withheld := await auth_repository.demanding(session, row.id, org_ids):
        await enter(session, Scope(tuple(org_id for org_id in org_ids if org_id not in withheld), user_id))
    await _record(session, user_id, row, "session.opened")
    return token, row.expires_at


async def mine(session: AsyncSession, *, principal: Principal) -> Sequence[SignInSession]:
    """Those that can still be used, the newest first."""
    return await SessionRepository(session).live(_user(principal))


async def renew(session: AsyncSession, *, settings: Settings, principal: Principal) -> Offer:
    """The next token, whenever it is asked for; the one that was used holds until this one is."""
    _user(principal)
    offered = await sessions.offer(session, settings, principal, at_once=True)
    if offered is None:
        raise Unauthenticated("the session has ended: sign in again")
    return offered


async def revoke(session: AsyncSession, *, principal: Principal, session_id: UUID) -> None:
    """Raises `NotFound` for one that has ended, or is somebody else's."""
    found = [row for row in await mine(session, principal=principal) if row.id == session_id]
    if not found:
        raise NotFound("session", session_id)
    await _end(session, _user(principal), found)


async def revoke_others(session: AsyncSession, *, principal: Principal) -> None:
    """All but the one that asks."""
    found = [row for row in await mine(session, principal=principal) if row.id != principal.id]
    await _end(session, _user(principal), found)


async def revoke_all(session: AsyncSession, *, principal: Principal) -> None:
    await _end(session, _user(principal), await mine(session, principal=principal))


async def revoke_of_person(session: AsyncSession, *, user_id: UUID) -> None:
    """By somebody who may; the transaction then sees what the person sees."""
    await enter(session, Scope(user_id=user_id))
    await SessionRepository(session).revoke_all(user_id, now())


def _user(principal: Principal) -> UUID:
    if principal.kind is not PrincipalKind.USER or principal.user_id is None:
        raise Forbidden("sessions are a person's own: sign in, a key may neither see nor end them")
    return principal.user_id


async def _end(session: AsyncSession, user_id: UUID, ended: Sequence[SignInSession]) -> None:
    for row in ended:
        row.revoked_at = now()
        await session.flush()
        await _record(session, user_id, row, "session.revoked")
    if ended:
        await notify(session, TOPIC, user=user_id)


async def _record(session: AsyncSession, user_id: UUID, row: SignInSession, action: str) -> None:
    """In every organization that the person belongs to."""
    for org_id in session.info["scope"].org_ids:
        actor, subject = Actor(PrincipalKind.USER, user_id), Subject("session", row.id, org_id)
        await activity.record(session, actor, action, subject, {"user_agent": row.user_agent})
