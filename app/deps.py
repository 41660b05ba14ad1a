"""Dependencies that routes name in their signatures."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from app.activity.sight import Sight
from app.auth import browser, renewal
from app.auth import service as auth
from app.auth import sight as auth_sight
from app.auth.credential_limit import Trial
from app.auth.permissions import Action
from app.auth.principal import Principal, PrincipalKind
from app.auth.request_limits import Traffic
from app.errors import Forbidden, Invalid, Unauthenticated
from app.idempotency.claim import claim
from app.kit.filters import Filters, filters, filters_and_deleted
from app.kit.pagination import PageRequest, page_request
from app.platform import Platform


async def platform(request: Request) -> Platform:
    held: Platform = request.app.state.platform
    return held


PlatformDep = Annotated[Platform, Depends(platform)]


async def reporter(request: Request, platform: PlatformDep) -> Principal:
    """Anybody with a credential; a job's token too, so the service must check whose run it is."""
    found = await platform.credentials.principal(bearer_token(request), Trial(platform.credential_limit, request))
    request.state.principal = found
    if not hasattr(request.state, "admitted"):  # else the short way has counted it and then left it to FastAPI
        # Routes of the gateway's own application have no such attribute: it counts for itself.
        traffic: Traffic = getattr(request.scope.get("route"), "traffic", Traffic.INFERENCE)
        request.state.admitted = await platform.request_limits.admit(found, traffic)
    await renewal.renew(request, found, platform.credentials.next_token, secure=platform.settings.is_secure)
    return found


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


@dataclass(frozen=True, slots=True)
class May:
    """Names what a route does. Refuses keys whose scopes do not cover it; services check the role in the organization
    of the thing, so that a foreign thing is not found whatever the role."""

    action: Action

    async def __call__(self, principal: PrincipalDep) -> Principal:
        auth.require_scope(principal, self.action)
        return principal


class JobMay(May):
    """As `May`, where the token of a job is good too; the service checks that the run is the job's."""

    async def __call__(self, principal: ReporterDep) -> Principal:
        return await super().__call__(principal)


class AdministratorMay(May):
    """As `May`, of the platform itself: to everybody else it is not there."""

    async def __call__(self, principal: PrincipalDep) -> Principal:
        auth.require_administrator(principal)
        return principal


def traffic_of(called: Iterable[object]) -> Traffic:
    """As what a route counts that has these dependencies."""
    actions = {each.action for each in called if isinstance(each, May)}
    if Action.CALL in actions:
        return Traffic.INFERENCE
    return Traffic.TELEMETRY if Action.REPORT in actions else Traffic.API


MayRead = Annotated[Principal, Depends(May(Action.READ))]
MayWork = Annotated[Principal, Depends(May(Action.WORK))]
MayCall = Annotated[Principal, Depends(May(Action.CALL))]
MayMakeKeys = Annotated[Principal, Depends(May(Action.KEYS))]
MayManage = Annotated[Principal, Depends(May(Action.MANAGE))]
MayManageMembers = Annotated[Principal, Depends(May(Action.MEMBERS))]
MayAdminister = Annotated[Principal, Depends(AdministratorMay(Action.ADMINISTER))]
JobMayRead = Annotated[Principal, Depends(JobMay(Action.READ))]
JobMayReport = Annotated[Principal, Depends(JobMay(Action.REPORT))]


async def sight(principal: PrincipalDep) -> Sight:
    return auth_sight.sight(principal)


SightDep = Annotated[Sight, Depends(sight)]


async def one_organization(
    principal: Annotated[Principal, Depends(May(Action.MEMBERS))],
    org_id: Annotated[UUID | None, Query(description="Needed by members of several organizations.")] = None,
) -> UUID:
    """The one that is meant, where the principal may manage members; raises as `auth.require`."""
    if org_id is None and len(principal.roles) != 1:
        raise Invalid("name one of your organizations: ?org_id=…", field="org_id")
    meant = org_id or next(iter(principal.roles))
    auth.require(principal, Action.MEMBERS, meant)
    return meant


OneOrganization = Annotated[UUID, Depends(one_organization)]


async def still(request: Request, platform: PlatformDep, principal: PrincipalDep) -> Callable[[], Awaitable[bool]]:
    """Whether who asked has the roles that they had: streams go on, credentials and memberships end."""
    token = bearer_token(request)

    async def holds() -> bool:
        try:
            now = await platform.credentials.principal(token)
            return (now.roles, now.project_roles) == (principal.roles, principal.project_roles)
        except Unauthenticated:
            return False

    return holds


StillDep = Annotated[Callable[[], Awaitable[bool]], Depends(still)]


async def session(request: Request, principal: PrincipalDep, platform: PlatformDep) -> AsyncIterator[AsyncSession]:
    """The request's transaction; under an `Idempotency-Key` it begins only where the request was not done before."""
    async with platform.database.session(principal.scope) as opened:
        await claim(request, opened, principal=principal, peppers=platform.settings.key_peppers)
        yield opened


async def reporting_session(
    request: Request, reporter: ReporterDep, platform: PlatformDep
) -> AsyncIterator[AsyncSession]:
    """As `session`, where the token of a job is good too."""
    async with asynccontextmanager(session)(request, reporter, platform) as opened:
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
Narrowed = Annotated[Filters, Depends(filters)]
NarrowedOrDeleted = Annotated[Filters, Depends(filters_and_deleted)]
