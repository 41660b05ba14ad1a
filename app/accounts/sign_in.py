"""Sign-in by a provider: the way there, the way back, and what is remembered between them. It asks the provider between
transactions, never within one."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row

from app.accounts import identities, sessions
from app.accounts.identity_repository import add_pending, take_pending
from app.auth.principal import Principal, PrincipalKind
from app.auth.providers import SignInRefused
from app.errors import Forbidden, PlatformError, Unavailable
from app.kit.addresses import AddressRefused
from app.kit.clock import now
from app.kit.crypto import keyed_hash, keyed_hashes
from app.kit.outbound import Unreachable
from app.platform import Platform

log = structlog.get_logger(__name__)

LIFETIME = timedelta(minutes=10)
"""From the button to the way back."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What the browser brings from the provider."""

    state: str
    code: str
    error: str
    issuer: str | None
    remembered: str
    """Of the browser that began; empty in another one."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    next: str
    token: str = ""
    """Of a new session; empty where an identity was linked to the account of the one there is."""
    expires_at: datetime | None = None


async def begin(
    platform: Platform, *, provider: str, next_page: str, principal: Principal | None = None
) -> tuple[str, str]:
    """Where the browser goes, and the state that it must bring back. With `principal`, to link an identity to it."""
    if principal is not None and principal.kind is not PrincipalKind.USER:
        raise Forbidden("a key cannot change how its owner signs in: do it signed in")
    client = platform.providers.get(provider)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    try:
        url = await client.authorization_url(state=state, nonce=nonce, verifier=verifier)
    except (Unreachable, AddressRefused) as error:
        log.warning("sign_in.provider_unavailable", provider=provider, reason=str(error))
        raise Unavailable(
            f"{client.settings.title} does not answer: try again, or sign in another way",
            code="provider_unavailable",
            headers={"Retry-After": "10"},
        ) from error
    except SignInRefused as error:
        log.warning("sign_in.refused", provider=provider, code=error.code, reason=error.detail)
        raise
    async with platform.database.session() as session:
        await add_pending(
            session,
            state_hash=keyed_hash(platform.settings.key_pepper, state),
            provider=provider,
            nonce=nonce,
            verifier=verifier,
            next=next_page,
            session_id=principal.id if principal else None,
            expires_at=now() + LIFETIME,
        )
    return url, state


async def complete(platform: Platform, *, provider: str, returned: Returned, user_agent: str) -> SignedIn:
    """Raises `NotFound` for an unknown provider, else `SignInRefused`, whose reason is in the log."""
    platform.providers.get(provider)
    try:
        return await _complete(platform, provider, returned, user_agent)
    except (Unreachable, AddressRefused) as error:
        log.warning("sign_in.provider_unavailable", provider=provider, reason=str(error))
        raise SignInRefused(str(error), code="provider_unavailable") from error
    except PlatformError as error:
        log.warning("sign_in.refused", provider=provider, code=error.code, reason=error.detail)
        raise SignInRefused(error.detail, code=error.code) from error


async def _complete(platform: Platform, provider: str, returned: Returned, user_agent: str) -> SignedIn:
    pending = await _taken(platform, provider, returned)
    if returned.error or not returned.code:
        raise SignInRefused(f"the provider answered {returned.error[:100]!r}", code="sign_in_denied")
    client = platform.providers.get(provider)
    proven = await client.prove(
        code=returned.code, nonce=pending.nonce, verifier=pending.verifier, issuer=returned.issuer
    )
    async with platform.database.session() as session:
        if pending.session_id:
            linking: UUID = pending.session_id
            await identities.link(session, session_id=linking, provider=client.settings, proven=proven)
            return SignedIn(pending.next)
        settings = platform.settings
        user_id = await identities.user_of(session, settings=settings, provider=client.settings, proven=proven)
        token, expires_at = await sessions.open_new(session, settings=settings, user_id=user_id, user_agent=user_agent)
        return SignedIn(pending.next, token, expires_at)


async def _taken(platform: Platform, provider: str, returned: Returned) -> Row[Any]:
    """In a transaction of its own: whatever comes of it, a state is good once."""
    same = hmac.compare_digest(returned.state.encode(), returned.remembered.encode())
    if same and returned.state:
        async with platform.database.session() as session:
            for hashed in keyed_hashes(platform.settings.key_peppers, returned.state):
                if (pending := await take_pending(session, hashed)) and pending.provider == provider:
                    return pending
    raise SignInRefused("it was begun in another browser, too long ago, or used before", code="sign_in_expired")
