"""People: registering, signing in and out, and their keys."""

import asyncio
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from app.accounts import keys, sessions, strength
from app.accounts.repository import ServiceAccountRepository, UserRepository
from app.accounts.schemas import Registration
from app.activity import service as activity
from app.activity.actor import Subject
from app.auth.attempts import Attempts
from app.auth.principal import Principal, PrincipalKind
from app.config import Settings
from app.errors import Conflict, Forbidden, Invalid, Unauthenticated
from app.kit.crypto import hash_password
from app.kit.db import Scope, enter
from app.orgs import members
from app.orgs import service as orgs
from app.projects import service as projects
from app.tables import ServiceAccount, User

FIRST_PROJECT = "default"


async def password_hash_of(attempts: Attempts, *, settings: Settings, body: Registration, address: str | None) -> str:
    """Of whoever registers; worked out whether or not the address is taken, while no session is open.

    That an address is taken cannot be hidden from who may register it and then is signed in, or is not. So it is told,
    and asking is counted like a log-in: raises `TooMany`. Where registration is closed nothing is told.
    """
    if settings.registration == "closed":
        raise Forbidden("registration is closed here: ask an administrator for an account")
    await attempts.admit(body.email, address)
    await asyncio.to_thread(strength.check, body.password, body.email, body.name, body.organization)
    return await asyncio.to_thread(hash_password, body.password)


async def register(session: AsyncSession, *, body: Registration, password_hash: str) -> User:
    """The new user owns a new organization with a project `default`; the transaction sees both."""
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


async def log_out(session: AsyncSession, *, principal: Principal) -> None:
    if principal.kind is not PrincipalKind.USER:
        raise Invalid("only a session can be logged out: revoke the key instead")
    await sessions.revoke(session, principal=principal, session_id=principal.id)


async def user(session: AsyncSession, *, user_id: UUID | None) -> User:
    found = await UserRepository(session).get(user_id) if user_id else None
    if found is None:
        raise _gone()
    return found


async def rename(session: AsyncSession, *, principal: Principal, name: str) -> User:
    if principal.kind is not PrincipalKind.USER:
        raise Forbidden("a name is changed by its person, signed in: a key may not")
    changed = await user(session, user_id=principal.user_id)
    if changed.name == name:
        return changed
    change = {"before": {"name": changed.name}, "after": {"name": name}}
    changed.name = name
    await UserRepository(session).add(changed)
    for org_id in principal.roles:
        await activity.record(session, principal.actor, "member.renamed", Subject("user", changed.id, org_id), change)
    return changed


async def service_account(session: AsyncSession, *, account_id: UUID) -> ServiceAccount:
    found = await ServiceAccountRepository(session).get(account_id)
    if found is None:
        raise _gone()
    return found


def _gone() -> Unauthenticated:
    """For the moment between an account's end and that of its credentials, which each replica has to hear of."""
    return Unauthenticated("the account of this credential is gone")


async def remove_member(session: AsyncSession, *, principal: Principal, org: str, user_id: UUID) -> None:
    """Nothing of theirs works in the organization from then on."""
    membership = await members.remove(session, principal=principal, org=org, user_id=user_id)
    await keys.revoke_of_member(session, membership)
