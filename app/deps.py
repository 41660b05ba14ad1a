"""Dependencies that routes name in their signatures."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import browser
from app.auth.principal import Principal, PrincipalKind
from app.errors import Forbidden, Unauthenticated
from app.idempotency.claim import claim
from app.kit.pagination import PageRequest, page_request
from app.platform import Platform


async def platform(request: Request) -> Platform:
    held: Platform = request.app.state.platform
    return held


PlatformDep = Annotated[Platform, Depends(platform)]


async def reporter(request: Request, platform: PlatformDep) -> Principal:
    """Anybody with a credential; a job's token too, so the service must check whose run it is."""
    return await platform.credentials.principal(bearer_token(request))


ReporterDep = Annotated[Principal, Depends(reporter)]


async def principal(reporter: ReporterDep) -> Principal:
    """A person or a person's key."""
    if reporter.kind is PrincipalKind.WORKER:
        raise Forbidden("the token of a job reports to its own runs and does nothing else: use an API key")
    return reporter


def bearer_token(request: Request) -> str:
    """From the header, or a browser's cookie; raises `Unauthenticated`."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    cookie = browser.session_token(request)
    if cookie is None:
        raise Unauthenticated("no credential: send `Authorization: Bearer` with an API key or a session token")
    return cookie


PrincipalDep = Annotated[Principal, Depends(principal)]


async def session(request: Request, principal: PrincipalDep, platform: PlatformDep) -> AsyncIterator[AsyncSession]:
    """The request's transaction; under an `Idempotency-Key` it begins only where the request was not done before."""
    async with platform.database.session(principal.scope) as opened:
        await claim(request, opened, principal=principal, pepper=platform.settings.key_pepper)
        yield opened


async def reporting_session(
    request: Request, reporter: ReporterDep, platform: PlatformDep
) -> AsyncIterator[AsyncSession]:
    async with platform.database.session(reporter.scope) as opened:
        await claim(request, opened, principal=reporter, pepper=platform.settings.key_pepper)
        yield opened


async def open_session(platform: PlatformDep) -> AsyncIterator[AsyncSession]:
    """For requests that come before a credential; sees no tenant's row."""
    async with platform.database.session() as opened:
        yield opened


# Scope "function": the transaction commits before the response leaves, so what is acknowledged is durable.
SessionDep = Annotated[AsyncSession, Depends(session, scope="function")]
ReportingSessionDep = Annotated[AsyncSession, Depends(reporting_session, scope="function")]
OpenSessionDep = Annotated[AsyncSession, Depends(open_session, scope="function")]
Paging = Annotated[PageRequest, Depends(page_request)]
