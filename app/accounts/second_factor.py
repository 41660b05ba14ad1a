"""A second factor of one's own: one-time passwords by time (TOTP, RFC 6238), and recovery codes in their place.

It is asked for at every log-in with the password, once it was confirmed. Organizations may ask for it: sessions that
have not proven it then do not have the organization (`app/auth/credentials.py`).
"""

import base64
import hmac
import secrets
from datetime import datetime
from uuid import UUID

import pyotp
import segno
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import service
from app.accounts.schemas import SecondFactorOffered, SecondFactorRead
from app.accounts.second_factor_repository import RecoveryCodeRepository, SecondFactorRepository
from app.activity import service as activity
from app.activity.actor import Subject
from app.auth.credentials import TOPIC
from app.auth.principal import Principal, PrincipalKind
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.kit.clock import now
from app.kit.crypto import keyed_hash, keyed_hashes
from app.kit.keyfile import Keys
from app.kit.notify import notify
from app.kit.sealing import reseal, seal, unseal
from app.orgs import service as orgs
from app.tables import Organization, RecoveryCode, SecondFactor

ISSUER = "Trine"
STEP = 30
"""Seconds of one password, RFC 6238's default; the ones before and after are taken too, for clocks that differ."""
WRONG_CODE = "this code is wrong, too old, or was used before: take the one that your device shows now"
CODES = 10
_PURPOSE = "trine second factors"
CODE_BYTES = 10
"""80 random bits: 16 letters and digits of base 32."""


async def read(session: AsyncSession, *, principal: Principal) -> SecondFactorRead:
    user_id = _user(principal)
    factor = await SecondFactorRepository(session).of(user_id)
    return SecondFactorRead(
        enabled_at=factor.confirmed_at if factor else None,
        recovery_codes=await RecoveryCodeRepository(session).left(user_id),
        proven=await SecondFactorRepository(session).was_proven(principal.id),
        required_by=list(principal.withheld),
    )


async def offer(session: AsyncSession, *, peppers: Keys, principal: Principal) -> SecondFactorOffered:
    """A new secret, which is asked for once it is confirmed. Raises `Conflict` where there is one already."""
    user = await service.user(session, user_id=_user(principal))
    repository = SecondFactorRepository(session)
    factor = await repository.of(user.id)
    if factor and factor.confirmed_at:
        raise Conflict("you have a second factor already: remove it first", code="second_factor_exists")
    await repository.remove(user.id)
    secret = pyotp.random_base32()
    await repository.add(SecondFactor(user_id=user.id, sealed_secret=seal(peppers, _PURPOSE, secret)))
    address = pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=user.email, issuer_name=ISSUER)
    return SecondFactorOffered(secret=secret, uri=address, image=segno.make(address).svg_data_uri(scale=4))


async def confirm(session: AsyncSession, *, peppers: Keys, principal: Principal, code: str) -> list[str]:
    """Recovery codes, which are stored nowhere. The other sessions have not proven it."""
    user_id = _user(principal)
    factor = await SecondFactorRepository(session).of(user_id)
    if factor is None or factor.confirmed_at:
        raise NotFound("second factor that waits for its first password of", "yours")
    if not await _takes_password(session, peppers, factor, code):
        raise wrong_code()
    factor.confirmed_at = now()
    codes = [_new_code() for _ in range(CODES)]
    for each in codes:
        hashed = keyed_hash(peppers[0], _plain(each))
        await RecoveryCodeRepository(session).add(RecoveryCode(user_id=user_id, code_hash=hashed))
    await SecondFactorRepository(session).note_proven(principal.id, now())
    await _has_changed(session, principal, "second_factor.enabled")
    return codes


async def verify(session: AsyncSession, *, peppers: Keys, principal: Principal, code: str) -> None:
    """The session has proven it from then on. Raises `Invalid`."""
    if not await takes(session, peppers=peppers, user_id=_user(principal), code=code):
        raise wrong_code()
    await SecondFactorRepository(session).note_proven(principal.id, now())
    await notify(session, TOPIC, user=_user(principal))


async def remove(session: AsyncSession, *, peppers: Keys, principal: Principal, code: str) -> None:
    """By who still has it, or a recovery code. Raises `Invalid`."""
    user_id = _user(principal)
    if not await takes(session, peppers=peppers, user_id=user_id, code=code):
        raise wrong_code()
    await remove_of(session, user_id=user_id)
    await _has_changed(session, principal, "second_factor.removed")


async def remove_of(session: AsyncSession, *, user_id: UUID) -> None:
    """The transaction must be the person's."""
    await SecondFactorRepository(session).remove(user_id)
    await SecondFactorRepository(session).forget_proven(user_id)


async def require_of_members(session: AsyncSession, *, principal: Principal, org: str, required: bool) -> Organization:
    """Raises `Conflict` for who has proven none: they would be the first to be shut out."""
    if required and not await SecondFactorRepository(session).was_proven(principal.id):
        raise Conflict("prove your own second factor in this session first", code="second_factor_needed")
    return await orgs.require_second_factor(session, principal=principal, ref=org, required=required)


async def is_asked(session: AsyncSession, *, user_id: UUID) -> bool:
    factor = await SecondFactorRepository(session).of(user_id)
    return factor is not None and factor.confirmed_at is not None


async def takes(session: AsyncSession, *, peppers: Keys, user_id: UUID, code: str) -> bool:
    """Whether it is a password of the second factor, or a recovery code, that was not used before. The transaction must
    be the person's, and commit."""
    factor = await SecondFactorRepository(session).of(user_id)
    if factor is None or factor.confirmed_at is None:
        return False
    if await _takes_password(session, peppers, factor, code):
        return True
    hashes = keyed_hashes(peppers, _plain(code))
    return await RecoveryCodeRepository(session).use(user_id, hashes, now())


def wrong_code() -> Invalid:
    return Invalid(WRONG_CODE, field="code", code="wrong_code")


async def _takes_password(session: AsyncSession, peppers: Keys, factor: SecondFactor, code: str) -> bool:
    secret = unseal(peppers, _PURPOSE, factor.sealed_secret)
    if secret is None:  # under a pepper that is gone
        return False
    step = _step(secret, code, now())
    if step is None or not await SecondFactorRepository(session).take_step(factor.id, step):
        return False
    factor.sealed_secret = reseal(peppers, _PURPOSE, factor.sealed_secret)
    return True


def _step(secret: str, code: str, moment: datetime) -> int | None:
    """Whose password it is, in steps since 1970."""
    generator, at = pyotp.TOTP(secret, interval=STEP), int(moment.timestamp()) // STEP
    sent = code.replace(" ", "").encode()
    shown = {step: generator.generate_otp(step).encode() for step in (at - 1, at, at + 1)}
    fitting = [step for step, password in shown.items() if hmac.compare_digest(password, sent)]
    return fitting[-1] if fitting else None


def _new_code() -> str:
    text = base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode().lower()
    return "-".join(text[first : first + 4] for first in range(0, len(text), 4))


def _plain(code: str) -> str:
    return code.replace("-", "").replace(" ", "").lower()


def _user(principal: Principal) -> UUID:
    if principal.kind is not PrincipalKind.USER or principal.user_id is None:
        raise Forbidden("a second factor is a person's own: sign in, a key may neither see nor change it")
    return principal.user_id


async def _has_changed(session: AsyncSession, principal: Principal, action: str) -> None:
    user_id = _user(principal)
    for org_id in principal.roles:
        await activity.record(session, principal.actor, action, Subject("user", user_id, org_id), {})
    await notify(session, TOPIC, user=user_id)
