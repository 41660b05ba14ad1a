"""People: registering, signing in and out, and their keys."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from app.accounts import keys
from app.accounts.repository import ServiceAccountRepository, SessionRepository, UserRepository
from app.accounts.schemas import Login, Registration
from app.auth import repository as auth_repository
from app.auth.credentials import SESSION_PREFIX, TOPIC
from app.auth.principal import Principal, PrincipalKind
from app.config import Settings
from app.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from app.kit.clock import now
from app.kit.crypto import hash_password, keyed_hash, new_token, verify_password
from app.kit.db import NOBODY, Scope, enter
from app.kit.notify import notify
from app.orgs import members
from app.orgs import service as orgs
from app.projects import service as projects
from app.tables import ServiceAccount, SignInSession, User

FIRST_PROJECT = "default"


async def register(session: AsyncSession, *, settings: Settings, body: Registration) -> User:
    """The new user owns a new organization with a project `default`; the transaction sees both."""
    if settings.registration == "closed":
        raise Forbidden("registration is closed here: ask an administrator for an account")
    password_hash = await asyncio.to_thread(hash_password, body.password)
    return await create_account(
        session, email=body.email, name=body.name, password_hash=password_hash, organization=body.organization
    )


async def create_account(
    session: AsyncSession, *, email: str, name: str, password_hash: str | None, organization: str
) -> User:
    """Raises `Conflict` where the address has an account; the transaction sees the new organization."""
    user = User(id=uuid7(), email=email, name=name, password_hash=password_hash)
    await enter(session, Scope(user_id=user.id))
    try:
        async with session.begin_nested():
            await UserRepository(session).add(user)
    except IntegrityError as error:
        raise Conflict("this address has an account already: log in", code="account_exists") from error
    made = await orgs.create(session, name=organization, owner_id=user.id)
    await projects.create(session, org_id=made.id, slug=FIRST_PROJECT, name="Default", actor_id=user.id)
    return user


async def log_in(session: AsyncSession, *, body: Login) -> UUID:
    """Identifier of the user; raises `Unauthenticated`, which does not tell whether the account exists."""
    found = await auth_repository.find_user(session, body.email)
    stored = found.password_hash if found else None
    if not await asyncio.to_thread(verify_password, stored, body.password) or found is None:
        raise Unauthenticated("the address or the password is wrong")
    user_id: UUID = found.id
    return user_id


async def open_session(
    session: AsyncSession, *, settings: Settings, user_id: UUID, user_agent: str
) -> tuple[str, datetime]:
    """A new token and when it expires; the transaction then sees what the user sees."""
    token = new_token(SESSION_PREFIX)
    expires_at = now() + timedelta(hours=settings.session_hours)
    await enter(session, Scope(user_id=user_id))
    hashed = keyed_hash(settings.key_pepper, token)
    await SessionRepository(session).add(
        SignInSession(user_id=user_id, token_hash=hashed, expires_at=expires_at, user_agent=user_agent[:200])
    )
    found = await auth_repository.find_session(session, hashed)
    await enter(session, Scope(tuple(found.org_ids), user_id) if found else NOBODY)
    return token, expires_at


async def log_out(session: AsyncSession, *, principal: Principal) -> None:
    if principal.kind is not PrincipalKind.USER:
        raise Invalid("only a session can be logged out: revoke the key instead")
    await SessionRepository(session).revoke(principal.id, now())
    await notify(session, TOPIC, session=principal.id)


async def user(session: AsyncSession, *, user_id: UUID | None) -> User:
    found = await UserRepository(session).get(user_id) if user_id else None
    if found is None:
        raise NotFound("user", "me")
    return found


async def service_account(session: AsyncSession, *, account_id: UUID) -> ServiceAccount:
    found = await ServiceAccountRepository(session).get(account_id)
    if found is None:
        raise NotFound("service account", "me")
    return found


async def remove_member(session: AsyncSession, *, principal: Principal, org: str, user_id: UUID) -> None:
    """Nothing of theirs works in the organization from then on."""
    membership = await members.remove(session, principal=principal, org=org, user_id=user_id)
    await keys.revoke_of_member(session, membership)
