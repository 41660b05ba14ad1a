"""Who a person is at other providers. A provider that tells an address does not get anybody into its account."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import EmailStr, TypeAdapter, ValidationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import keys, service
from app.accounts.identity_repository import IdentityRepository, find_open_session, organizations_of
from app.accounts.repository import SessionRepository, UserRepository
from app.activity import service as activity
from app.activity.actor import Actor, Subject
from app.auth import repository as auth_repository
from app.auth.credentials import TOPIC
from app.auth.principal import Principal, PrincipalKind
from app.auth.providers import Proven, ProviderSettings, SignInRefused
from app.config import Settings
from app.errors import Conflict, Forbidden, NotFound
from app.kit.clock import now
from app.kit.db import Scope, enter
from app.kit.notify import notify
from app.tables import Identity

_EMAIL: TypeAdapter[str] = TypeAdapter(EmailStr)


async def user_of(session: AsyncSession, *, settings: Settings, provider: ProviderSettings, proven: Proven) -> UUID:
    """The person who has this identity; a new account where nobody has it and nobody has the address."""
    found = await IdentityRepository(session).find(proven.issuer, proven.subject)
    if found:
        user_id: UUID = found.user_id
        await enter(session, Scope(user_id=user_id))
        await IdentityRepository(session).note_use(found.identity_id, now())
        return user_id
    email = _verified(proven)
    existing = await auth_repository.find_user(session, email)
    if existing is None:
        return await _register(session, settings, provider, proven, email)
    if not provider.adopts_accounts:
        raise SignInRefused(
            f"{email} has an account that is not linked to {provider.title}: sign in as before, and link it then",
            code="account_exists",
        )
    return await _adopt(session, existing.id, provider, proven)


async def link(session: AsyncSession, *, session_id: UUID, provider: ProviderSettings, proven: Proven) -> None:
    """To the person who began this signed in, and whose session is still open."""
    user_id = await find_open_session(session, session_id)
    if user_id is None:
        raise SignInRefused("the session from which this was begun has ended", code="sign_in_expired")
    found = await IdentityRepository(session).find(proven.issuer, proven.subject)
    if found is None:
        await _enter(session, user_id)
        await _add(session, user_id, provider, proven)
    elif found.user_id != user_id:
        raise SignInRefused("this identity is another account's", code="identity_taken")


async def mine(session: AsyncSession, *, principal: Principal) -> Sequence[Identity]:
    return await IdentityRepository(session).every(Identity.user_id == principal.user_id)


async def unlink(session: AsyncSession, *, principal: Principal, identity_id: UUID) -> None:
    """Raises `Conflict` for the last way into an account without a password."""
    if principal.kind is not PrincipalKind.USER or principal.user_id is None:
        raise Forbidden("a key cannot change how its owner signs in: do it signed in")
    user = await UserRepository(session).locked(principal.user_id)
    held = await mine(session, principal=principal)
    identity = next((each for each in held if each.id == identity_id), None)
    if user is None or identity is None:
        raise NotFound("identity", identity_id)
    if user.password_hash is None and len(held) == 1:
        raise Conflict(
            "without a password this is the only way into the account: link another identity first",
            code="last_way_in",
        )
    await IdentityRepository(session).remove(identity_id)
    await _record(session, principal.actor, identity, "identity.unlinked")


def _verified(proven: Proven) -> str:
    """As the platform writes addresses; an account is never made or found by one that nobody has proved."""
    if not proven.email or not proven.email_verified:
        raise SignInRefused(
            f"{proven.issuer} has not verified the address of {proven.subject}", code="email_unverified"
        )
    try:
        return _EMAIL.validate_python(proven.email)
    except ValidationError as error:
        raise SignInRefused(f"{proven.issuer} tells an address that is none", code="sign_in_invalid") from error


async def _register(
    session: AsyncSession, settings: Settings, provider: ProviderSettings, proven: Proven, email: str
) -> UUID:
    if (provider.registration or settings.registration) == "closed":
        raise SignInRefused(f"{email} has no account, and registration is closed", code="registration_closed")
    name = "".join(letter for letter in proven.name if letter.isprintable()).strip()[:200] or email.partition("@")[0]
    user = await service.create_account(session, email=email, name=name, password_hash=None, organization=name)
    await _add(session, user.id, provider, proven)
    return user.id


async def _adopt(session: AsyncSession, user_id: UUID, provider: ProviderSettings, proven: Proven) -> UUID:
    """Registering proves no address: a stranger may have made the account, and be waiting in it for its owner."""
    await _enter(session, user_id)
    await IdentityRepository(session).evict(user_id)
    await SessionRepository(session).revoke_all(user_id, now())
    await keys.revoke_of_person(session, user_id=user_id)
    await _add(session, user_id, provider, proven, adopted=True)
    await notify(session, TOPIC, user=user_id)
    return user_id


async def _enter(session: AsyncSession, user_id: UUID) -> None:
    await enter(session, Scope(await organizations_of(session, user_id), user_id))


async def _add(
    session: AsyncSession, user_id: UUID, provider: ProviderSettings, proven: Proven, *, adopted: bool = False
) -> None:
    identity = Identity(
        user_id=user_id,
        provider=provider.name,
        issuer=proven.issuer,
        subject=proven.subject,
        email=proven.email[:320],
        last_used_at=now(),
    )
    try:
        async with session.begin_nested():
            await IdentityRepository(session).add(identity)
    except IntegrityError as error:
        raise SignInRefused("this identity is another account's", code="identity_taken") from error
    await _record(session, Actor("user", user_id), identity, "identity.linked", adopted=adopted)


async def _record(session: AsyncSession, actor: Actor, identity: Identity, action: str, **more: bool) -> None:
    """In each of the person's organizations: it is a way into all of them."""
    for org_id in session.info["scope"].org_ids:
        data = {"provider": identity.provider, "issuer": identity.issuer, **more}
        await activity.record(session, actor, action, Subject("identity", identity.id, org_id), data)
