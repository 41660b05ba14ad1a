"""Sign-in by other providers; what a browser is sent to answers with a redirect, whatever happened."""

from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response, status
from fastapi.responses import RedirectResponse

from app.accounts import identities, sign_in
from app.accounts.schemas import Departure, DepartureCreate, IdentityRead, ProviderRead
from app.auth import browser
from app.auth.attempts import address_of
from app.auth.providers import SignInRefused
from app.deps import PlatformDep, PrincipalDep, SessionDep
from app.platform import Platform

router = APIRouter(tags=["sign-in by providers"])


@router.get("/auth/providers", response_model=list[ProviderRead])
async def providers(platform: PlatformDep) -> object:
    """What the sign-in page offers beside the password."""
    return platform.providers.settings()


@router.post("/auth/providers/{provider}:sign-in", response_model=Departure)
async def depart(
    request: Request, platform: PlatformDep, response: Response, provider: str, body: DepartureCreate
) -> object:
    """Where to send the browser, which must keep the cookie of this answer. Counted like a log-in."""
    await platform.attempts.admit_address(address_of(request))
    url, state = await sign_in.begin(platform, provider=provider, next_page=body.next)
    return _away(platform, response, url, state)


@router.post("/auth/providers/{provider}:link", response_model=Departure)
async def depart_to_link(
    platform: PlatformDep, principal: PrincipalDep, response: Response, provider: str, body: DepartureCreate
) -> object:
    """As `:sign-in`; the identity becomes another way into the account that is signed in."""
    url, state = await sign_in.begin(platform, provider=provider, next_page=body.next, principal=principal)
    return _away(platform, response, url, state)


@router.get(
    "/auth/providers/{provider}/callback",
    status_code=status.HTTP_303_SEE_OTHER,
    response_class=RedirectResponse,
    responses={status.HTTP_303_SEE_OTHER: {"description": "To the page that was asked for, or the sign-in page"}},
)
async def come_back(
    platform: PlatformDep,
    request: Request,
    provider: str,
    state: str = Query("", max_length=200),
    code: str = Query("", max_length=4000),
    error: str = Query("", max_length=200),
    iss: str | None = Query(None, max_length=500),
    user_agent: str = Header(""),
) -> RedirectResponse:
    """Where a provider sends the browser back to."""
    returned = sign_in.Returned(state, code, error, iss, browser.sign_in_state(request))
    try:
        done = await sign_in.complete(platform, provider=provider, returned=returned, user_agent=user_agent)
    except SignInRefused as refused:
        return _to(platform, f"/sign-in?{urlencode({'problem': refused.code})}")
    response = _to(platform, done.next)
    if done.expires_at:
        browser.remember(response, done.token, done.expires_at, secure=_is_secure(platform))
    return response


@router.get("/auth/identities", response_model=list[IdentityRead])
async def my_identities(session: SessionDep, principal: PrincipalDep) -> object:
    return await identities.mine(session, principal=principal)


@router.delete("/auth/identities/{identity_id}", status_code=status.HTTP_204_NO_CONTENT)
async def unlink(session: SessionDep, principal: PrincipalDep, identity_id: UUID) -> None:
    await identities.unlink(session, principal=principal, identity_id=identity_id)


def _away(platform: Platform, response: Response, url: str, state: str) -> dict[str, str]:
    browser.remember_sign_in(response, state, sign_in.LIFETIME, secure=_is_secure(platform))
    return {"url": url}


def _to(platform: Platform, address: str) -> RedirectResponse:
    response = RedirectResponse(address, status.HTTP_303_SEE_OTHER)
    # The address that it came from holds a code.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    browser.forget_sign_in(response, secure=_is_secure(platform))
    return response


def _is_secure(platform: Platform) -> bool:
    return platform.settings.url.startswith("https:")
