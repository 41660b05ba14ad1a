from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from trine.records.activity import ActivityEvent
from trine.records.administration import (
    AdministeredOrganization,
    AdministeredUser,
    DashboardAccess,
    PasswordResetCreated,
)
from trine.records.organizations import Quota
from trine.resources.aio.activity import wanted
from trine.resources.aio.base import API, Reference, Resource


class Administration(Resource):
    """Of the platform, by an administrator who is signed in: to keys it is not there."""

    async def organizations(self, *, limit: int | None = None) -> AsyncIterator[AdministeredOrganization]:
        async for found in self._pages(AdministeredOrganization, "/admin/organizations", limit=limit):
            yield found

    async def people(self, *, limit: int | None = None) -> AsyncIterator[AdministeredUser]:
        async for found in self._pages(AdministeredUser, "/admin/users", limit=limit):
            yield found

    async def set_organization(self, organization: Reference, *, enabled: bool) -> AdministeredOrganization:
        """Nobody works in a disabled one, and what it had running or queued is stopped."""
        what = "enable" if enabled else "disable"
        return await self._one(AdministeredOrganization, "POST", f"/admin/organizations/{organization}:{what}")

    async def set_person(self, person: Reference, *, enabled: bool) -> AdministeredUser:
        """No session or key of a disabled person is good, and they cannot sign in."""
        what = "enable" if enabled else "disable"
        return await self._one(AdministeredUser, "POST", f"/admin/users/{person}:{what}")

    async def reset_password(self, person: Reference) -> PasswordResetCreated:
        """A token that gives them a new password, once, within a day."""
        return await self._one(PasswordResetCreated, "POST", f"/admin/users/{person}:reset-password")

    async def remove_second_factor(self, person: Reference) -> None:
        """For somebody who has lost it, and their recovery codes too."""
        await self._transport.request("POST", f"{API}/admin/users/{person}:remove-second-factor")

    async def set_quota(
        self, organization: Reference, *, resource: str, hard: float | None, soft: float | None = None
    ) -> Quota:
        """Of the organization as a whole. None: no limit."""
        body = {"resource": resource, "hard": hard, "soft": soft}
        return await self._one(Quota, "PUT", f"/admin/organizations/{organization}/quota", json=body)

    async def open_dashboard(self) -> DashboardAccess:
        """Address and token of Ray's dashboard and Jobs API; who takes them is written down."""
        return await self._one(DashboardAccess, "POST", "/admin/dashboard:open")

    def events(
        self,
        *,
        action: str | None = None,
        actor: UUID | str | None = None,
        subject: UUID | str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[ActivityEvent]:
        """Of the platform itself, newest first: what its administrators did, and refusals that belong to no one
        organization."""
        narrowed = wanted(action, actor, subject, created_after, created_before)
        return self._pages(ActivityEvent, "/admin/events", limit=limit, **narrowed)
