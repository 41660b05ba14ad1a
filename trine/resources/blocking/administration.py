# Made of `trine/resources/aio` by `scripts/blocking_client.py`: change that, then run it.
# ruff: noqa
from collections.abc import Iterator

from trine.records.administration import AdministeredOrganization, AdministeredUser, PasswordResetCreated
from trine.resources.blocking.base import API, Reference, Resource


class Administration(Resource):
    """Of the platform, by an administrator who is signed in: to keys it is not there."""

    def organizations(self, *, limit: int | None = None) -> Iterator[AdministeredOrganization]:
        for found in self._pages(AdministeredOrganization, "/admin/organizations", limit=limit):
            yield found

    def people(self, *, limit: int | None = None) -> Iterator[AdministeredUser]:
        for found in self._pages(AdministeredUser, "/admin/users", limit=limit):
            yield found

    def set_organization(self, organization: Reference, *, enabled: bool) -> AdministeredOrganization:
        """Nobody works in a disabled one, and what it had running or queued is stopped."""
        what = "enable" if enabled else "disable"
        return self._one(AdministeredOrganization, "POST", f"/admin/organizations/{organization}:{what}")

    def set_person(self, person: Reference, *, enabled: bool) -> AdministeredUser:
        """No session or key of a disabled person is good, and they cannot sign in."""
        what = "enable" if enabled else "disable"
        return self._one(AdministeredUser, "POST", f"/admin/users/{person}:{what}")

    def reset_password(self, person: Reference) -> PasswordResetCreated:
        """A token that gives them a new password, once, within a day."""
        return self._one(PasswordResetCreated, "POST", f"/admin/users/{person}:reset-password")

    def remove_second_factor(self, person: Reference) -> None:
        """For somebody who has lost it, and their recovery codes too."""
        self._transport.request("POST", f"{API}/admin/users/{person}:remove-second-factor")
