"""People: registering, signing in and out, and their keys."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from app.accounts.repository import ApiKeyRepository, SessionRepository, UserRepository
from app.accounts.schemas import ApiKeyCreate, Login, Registration
from app.activity import service as activity
from app.auth import repository as auth_repository
from app.auth.credentials import KEY_PREFIX, SESSION_PREFIX, SHOWN, TOPIC
from app.auth.permissions import Action
from app.auth.principal import Principal, PrincipalKind
from app.config import Settings
from app.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from app.kit.clock import now
from app.kit.crypto import hash_password, keyed_hash, new_token, verify_password
from app.kit.db import NOBODY, Scope, enter
from app.kit.notify import notify
from app.orgs import service as orgs
from app.projects import service as projects
from app.tables import ApiKey, SignInSession, User

FIRST_PROJECT = "default"


async def register(session: AsyncSession, *, settings: Settings, body: Registration) -> User:
    """The new user owns a new organization with a project `default`; the transaction sees both."""
    if settings.registration == "closed":
        raise Forbidden("registration is closed here: ask an administrator for an account")
    password_hash = await asyncio.to_thread(hash_password, body.password)
    user = User(id=uuid7(), email=body.email, name=body.name, password_hash=password_hash)
    await enter(session, Scope(user_id=user.id))
    try:
        async with session.begin_nested():
            await UserRepository(session).add(user)
    except IntegrityError as error:
        raise Conflict("this address has an account already: log in", code="account_exists") from error
    organization = await orgs.create(session, name=body.organization, owner_id=user.id)
    await projects.create(session, org_id=organization.id, slug=FIRST_PROJECT, name="Default", actor_id=user.id)
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


async def create_api_key(
    session: AsyncSession, *, settings: Settings, principal: Principal, body: ApiKeyCreate
) -> tuple[ApiKey, str]:
    """The row, and the key itself, which is stored nowhere."""
    project = await projects.get(session, principal=principal, ref=body.project, action=Action.CALL)
    if principal.kind is PrincipalKind.WORKER or principal.user_id is None:
        raise Forbidden("a job cannot make keys")
    if body.expires_at and body.expires_at <= now():
        raise Invalid("expires_at lies in the past", field="expires_at")
    token = new_token(KEY_PREFIX)
    key = ApiKey(
        org_id=project.org_id,
        user_id=principal.user_id,
        project_id=project.id,
        name=body.name,
        prefix=token[: len(KEY_PREFIX) + SHOWN],
        key_hash=keyed_hash(settings.key_pepper, token),
        expires_at=body.expires_at,
    )
    await ApiKeyRepository(session).add(key)
    await _record_key(session, principal, key, "api_key.created")
    return key, token


async def api_keys(session: AsyncSession, *, principal: Principal) -> Sequence[ApiKey]:
    return await ApiKeyRepository(session).of_user(principal.user_id)


async def revoke_api_key(session: AsyncSession, *, principal: Principal, key_id: UUID) -> None:
    keys = ApiKeyRepository(session)
    key = await keys.get(key_id)
    if key is None or not await keys.revoke(key_id, principal.user_id, now()):
        raise NotFound("API key", key_id)
    await _record_key(session, principal, key, "api_key.revoked")
    await notify(session, TOPIC, key=key_id)


async def _record_key(session: AsyncSession, principal: Principal, key: ApiKey, action: str) -> None:
    await activity.record(
        session,
        actor_type=principal.kind,
        actor_id=principal.user_id,
        action=action,
        org_id=key.org_id,
        project_id=key.project_id,
        subject_type="api_key",
        subject_id=key.id,
        data={"name": key.name, "prefix": key.prefix},
    )
