from collections.abc import AsyncIterator

from trine.records.administration import AdministeredOrganization, AdministeredUser, PasswordResetCreated
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
