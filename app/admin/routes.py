from uuid import UUID

from fastapi import APIRouter, status

from app.accounts.schemas import PasswordResetCreated
from app.activity.routes import FiltersDep
from app.activity.schemas import EventRead
from app.admin import service
from app.admin.schemas import AdministeredOrganization, AdministeredUser, DashboardAccess
from app.deps import MayAdminister, Paging, PlatformDep, SessionDep
from app.kit.pagination import Page
from app.quotas.schemas import QuotaRead, QuotaSet

router = APIRouter(prefix="/admin", tags=["administration"])


@router.get("/organizations", response_model=Page[AdministeredOrganization])
async def organizations(session: SessionDep, principal: MayAdminister, paging: Paging) -> object:
    return await service.organizations(session, principal=principal, request=paging)


@router.post("/organizations/{org_id}:disable", response_model=AdministeredOrganization)
async def disable_organization(session: SessionDep, principal: MayAdminister, org_id: UUID) -> object:
    """Nobody works in it from then on, and what it had running or queued is stopped."""
    return await service.set_organization(session, principal=principal, org_id=org_id, disabled=True)


@router.post("/organizations/{org_id}:enable", response_model=AdministeredOrganization)
async def enable_organization(session: SessionDep, principal: MayAdminister, org_id: UUID) -> object:
    return await service.set_organization(session, principal=principal, org_id=org_id, disabled=False)


@router.put("/organizations/{org_id}/quota", response_model=QuotaRead)
async def set_quota(session: SessionDep, principal: MayAdminister, org_id: UUID, body: QuotaSet) -> object:
    """Of the organization as a whole; its owners and admins share it out among projects and people."""
    return await service.set_quota(session, principal=principal, org_id=org_id, body=body)


@router.get("/users", response_model=Page[AdministeredUser])
async def users(session: SessionDep, principal: MayAdminister, paging: Paging) -> object:
    return await service.users(session, principal=principal, request=paging)


@router.post("/users/{user_id}:disable", response_model=AdministeredUser)
async def disable_user(session: SessionDep, principal: MayAdminister, user_id: UUID) -> object:
    """No session or key of theirs is good from then on, and they cannot sign in."""
    return await service.set_user(session, principal=principal, user_id=user_id, disabled=True)


@router.post("/users/{user_id}:enable", response_model=AdministeredUser)
async def enable_user(session: SessionDep, principal: MayAdminister, user_id: UUID) -> object:
    return await service.set_user(session, principal=principal, user_id=user_id, disabled=False)


@router.post("/users/{user_id}:reset-password", response_model=PasswordResetCreated)
async def reset_password(session: SessionDep, platform: PlatformDep, principal: MayAdminister, user_id: UUID) -> object:
    """A token that gives them a new password, once, within a day: for `POST /auth/password:reset`."""
    return await service.reset_password(session, principal=principal, settings=platform.settings, user_id=user_id)


@router.post("/users/{user_id}:remove-second-factor", status_code=status.HTTP_204_NO_CONTENT)
async def remove_second_factor(session: SessionDep, principal: MayAdminister, user_id: UUID) -> None:
    """For somebody who has lost it, and their recovery codes too."""
    await service.remove_second_factor(session, principal=principal, user_id=user_id)


@router.post("/dashboard:open", response_model=DashboardAccess)
async def open_dashboard(session: SessionDep, platform: PlatformDep, principal: MayAdminister) -> object:
    """Address and token of Ray's dashboard and Jobs API; who takes them is written down."""
    return await service.dashboard(session, principal=principal, settings=platform.settings)


@router.get("/events", response_model=Page[EventRead])
async def events(session: SessionDep, principal: MayAdminister, paging: Paging, filters: FiltersDep) -> object:
    """Of the platform itself: what its administrators did, and refusals that belong to no one organization."""
    return await service.events(session, principal=principal, filters=filters, request=paging)
