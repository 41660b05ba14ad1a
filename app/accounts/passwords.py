"""Passwords: proved at a log-in, and changed. The same work is done for an account that does not exist."""

import asyncio
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import service, sessions
from app.accounts.repository import UserRepository
from app.accounts.schemas import Login, PasswordChange
from app.activity import service as activity
from app.activity.actor import Subject
from app.auth import repository as auth_repository
from app.auth.attempts import Attempts
from app.auth.principal import Principal, PrincipalKind
from app.errors import Forbidden, Invalid, Unauthenticated
from app.kit.crypto import hash_password, verify_password
from app.kit.db import Database


async def prove(database: Database, attempts: Attempts, *, body: Login, address: str | None) -> UUID:
    """Identifier of the user. No session is open while the password is worked on.

    Raises `Unauthenticated`, which does not tell whether the account exists; `TooMany` after too many attempts.
    """
    await attempts.admit(body.email, address)
    async with database.session() as session:
        found = await auth_repository.find_user(session, body.email)
    stored = found.password_hash if found else None
    if not await asyncio.to_thread(verify_password, stored, body.password) or found is None:
        attempts.failed(body.email, address)
        raise Unauthenticated("the address or the password is wrong")
    await attempts.succeeded(body.email, address)
    user_id: UUID = found.id
    return user_id


async def change(
    session: AsyncSession, attempts: Attempts, *, principal: Principal, body: PasswordChange, address: str | None
) -> UUID:
    """All sessions of the user end, also the one that asks. Keys stay: they were not made of the password.

    Raises `Invalid` where the current password is wrong; `TooMany` after too many attempts.
    """
    if principal.kind is not PrincipalKind.USER or principal.user_id is None:
        raise Forbidden("a password is changed by its person, signed in: a key may not")
    user = await service.user(session, user_id=principal.user_id)
    await attempts.admit(user.email, address)
    if not await asyncio.to_thread(verify_password, user.password_hash, body.current_password):
        attempts.failed(user.email, address)
        raise Invalid("the current password is wrong", field="current_password", code="wrong_password")
    await attempts.succeeded(user.email, address)
    user.password_hash = await asyncio.to_thread(hash_password, body.new_password)
    await UserRepository(session).add(user)
    for org_id in principal.roles:
        await activity.record(session, principal.actor, "password.changed", Subject("user", user.id, org_id), {})
    await sessions.revoke_all(session, principal=principal)
    return user.id
