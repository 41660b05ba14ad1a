"""Passwords: proved at a log-in, and changed. The same work is done for an account that does not exist."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import second_factor, service, sessions, strength
from app.accounts.identity_repository import organizations_of
from app.accounts.repository import SessionRepository, UserRepository
from app.accounts.schemas import Login, PasswordChange, SecondFactorCreate, SecondFactorOffered
from app.accounts.second_factor_repository import PasswordResetRepository, SecondFactorRepository, take_reset
from app.activity import service as activity
from app.activity.actor import Actor, Subject
from app.auth import password_links
from app.auth import repository as auth_repository
from app.auth.attempts import Attempts
from app.auth.credentials import TOPIC
from app.auth.principal import Principal, PrincipalKind
from app.config import Settings
from app.errors import Forbidden, Invalid, NotFound, Unauthenticated
from app.kit.clock import now
from app.kit.crypto import hash_password, keyed_hash, keyed_hashes, new_token, verify_password
from app.kit.db import Database, Scope, enter
from app.kit.keyfile import Keys
from app.kit.notify import notify
from app.tables import PasswordReset, User


@dataclass(frozen=True, slots=True)
class Proof:
    """Of who somebody is."""

    user_id: UUID
    second_factor: bool


async def prove(
    database: Database, attempts: Attempts, *, settings: Settings, body: Login, address: str | None
) -> Proof:
    """No session is open while the password is worked on.

    Raises `Unauthenticated`, which does not tell whether the account exists, and asks who knows the password for the
    second factor; `TooMany` after too many attempts.
    """
    await attempts.admit(body.email, address)
    async with database.session() as session:
        found = await auth_repository.find_user(session, body.email)
    stored = found.password_hash if found else None
    if not await asyncio.to_thread(verify_password, stored, body.password) or found is None:
        attempts.failed(body.email, address)
        raise Unauthenticated("the address or the password is wrong")
    user_id: UUID = found.id
    async with database.session(Scope(user_id=user_id)) as session:
        user = await service.user(session, user_id=user_id)
        if user.password_expires_at and user.password_expires_at <= now():
            raise Unauthenticated(
                "this password was made for you and has run out: ask the administrator of the platform for a link "
                "that gives you a new one",
                code="password_expired",
            )
        asked = await second_factor.is_asked(session, user_id=user_id)
        if asked and body.code is None:
            said = "this account has a second factor: send its `code` too"
            raise Unauthenticated(said, code="second_factor_required")
        # Committed whatever follows: a code is good once.
        right = not asked or await second_factor.takes(
            session, peppers=settings.key_peppers, user_id=user_id, code=body.code or ""
        )
    if not right:
        attempts.failed(body.email, address)
        raise Unauthenticated(second_factor.WRONG_CODE, code="wrong_code")
    await attempts.succeeded(body.email, address)
    return Proof(user_id, second_factor=asked)


async def admit(database: Database, attempts: Attempts, *, principal: Principal, address: str | None) -> None:
    """Counts somebody who is signed in among their own attempts; raises `TooMany`."""
    async with database.session(principal.scope) as session:
        user = await service.user(session, user_id=principal.user_id)
    await attempts.admit(user.email, address)


async def offer_second_factor(
    session: AsyncSession,
    attempts: Attempts,
    *,
    peppers: Keys,
    principal: Principal,
    body: SecondFactorCreate,
    address: str | None,
) -> SecondFactorOffered:
    """To who knows the password of the account, where it has one: an open session alone adds no way to lock it."""
    if principal.kind is PrincipalKind.USER:
        user = await service.user(session, user_id=principal.user_id)
        if user.password_hash:
            await check(attempts, user=user, password=body.current_password, address=address)
    return await second_factor.offer(session, peppers=peppers, principal=principal)


async def change(
    session: AsyncSession, attempts: Attempts, *, principal: Principal, body: PasswordChange, address: str | None
) -> Proof:
    """All sessions of the user end, also the one that asks. Keys stay: they were not made of the password.

    Raises `Invalid` where the current password is wrong; `TooMany` after too many attempts.
    """
    if principal.kind is not PrincipalKind.USER or principal.user_id is None:
        raise Forbidden("a password is changed by its person, signed in: a key may not")
    user = await service.user(session, user_id=principal.user_id)
    await check(attempts, user=user, password=body.current_password, address=address)
    await asyncio.to_thread(strength.check, body.new_password, user.email, user.name, field="new_password")
    await _set(session, user, await asyncio.to_thread(hash_password, body.new_password))
    for org_id in principal.roles:
        await activity.record(session, principal.actor, "password.changed", Subject("user", user.id, org_id), {})
    proven = await SecondFactorRepository(session).was_proven(principal.id)
    await sessions.revoke_all(session, principal=principal)
    return Proof(user.id, second_factor=proven)


async def check(attempts: Attempts, *, user: User, password: str, address: str | None) -> None:
    """Of somebody who is signed in. Raises `Invalid` where it is wrong, `TooMany` after too many attempts."""
    await attempts.admit(user.email, address)
    if not await asyncio.to_thread(verify_password, user.password_hash, password):
        attempts.failed(user.email, address)
        raise Invalid("the current password is wrong", field="current_password", code="wrong_password")
    await attempts.succeeded(user.email, address)


async def issue_reset(
    session: AsyncSession, *, pepper: bytes, user_id: UUID, issued_by: UUID | None
) -> tuple[PasswordReset, str]:
    """The row, and the token, which is stored nowhere; those before it are no longer good. In the platform's scope."""
    token = new_token(password_links.PREFIX)
    await PasswordResetRepository(session).revoke(user_id, now())
    hashed = keyed_hash(pepper, token)
    row = PasswordReset(
        user_id=user_id, token_hash=hashed, issued_by=issued_by, expires_at=now() + password_links.LIFETIME
    )
    return await PasswordResetRepository(session).add(row), token


async def reset(session: AsyncSession, *, peppers: Keys, token: str, password: str, password_hash: str) -> None:
    """By who was given the link, once. All sessions of the person end; the second factor stays.

    Raises `NotFound`, which does not tell why, for a token that is unknown, used or expired; `Invalid` for a weak
    password, after which the link is still good.
    """
    user_id = await take_reset(session, keyed_hashes(peppers, token))
    if user_id is None:
        raise NotFound("link for a new password", "with this token")
    org_ids = await organizations_of(session, user_id)
    await enter(session, Scope(org_ids, user_id))
    user = await service.user(session, user_id=user_id)
    await asyncio.to_thread(strength.check, password, user.email, user.name, field="new_password")
    await _set(session, user, password_hash)
    for org_id in org_ids:
        subject = Subject("user", user_id, org_id)
        await activity.record(session, Actor(PrincipalKind.USER, user_id), "password.reset", subject, {})
    await SessionRepository(session).revoke_all(user_id, now())
    await notify(session, TOPIC, user=user_id)


async def _set(session: AsyncSession, user: User, password_hash: str) -> None:
    user.password_hash, user.password_expires_at = password_hash, None
    await UserRepository(session).add(user)
