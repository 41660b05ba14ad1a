# Made of `trine/resources/aio` by `scripts/blocking_client.py`: change that, then run it.
# ruff: noqa
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from trine.records.accounts import ApiKey, ApiKeyCreated, Organization
from trine.records.organizations import (
    Invitation,
    InvitationCreated,
    Member,
    PoolUtilization,
    Quota,
    ServiceAccount,
    Usage,
)
from trine.resources.blocking.base import API, Reference, Resource


class Organizations(Resource):
    """By slug or identifier."""

    def list(self, *, limit: int | None = None) -> Iterator[Organization]:
        return self._pages(Organization, "/orgs", limit=limit)

    def get(self, organization: Reference) -> Organization:
        return self._one(Organization, "GET", f"/orgs/{organization}")

    def require_second_factor(self, organization: Reference, required: bool) -> Organization:
        """Of its members' sessions. By who is signed in and has proven theirs: a key may not."""
        return self._one(Organization, "PUT", f"/orgs/{organization}/second-factor", json={"required": required})

    def members(self, organization: Reference, *, limit: int | None = None) -> Iterator[Member]:
        return self._pages(Member, f"/orgs/{organization}/members", limit=limit)

    def set_role(self, organization: Reference, user: Reference, role: str) -> Member:
        """`owner`, `admin`, `member` or `viewer`; nobody gives more than they have."""
        return self._one(Member, "PATCH", f"/orgs/{organization}/members/{user}", json={"role": role})

    def remove_member(self, organization: Reference, user: Reference) -> None:
        """Their keys of the organization are revoked."""
        self._transport.request("DELETE", f"{API}/orgs/{organization}/members/{user}")

    def invitations(self, organization: Reference, *, limit: int | None = None) -> Iterator[Invitation]:
        """Those that were accepted, revoked or have expired too."""
        return self._pages(Invitation, f"/orgs/{organization}/invitations", limit=limit)

    def invite(self, organization: Reference, *, email: str, role: str = "member", days: int = 7) -> InvitationCreated:
        """The token is in the answer, and never shown again: the platform sends no mail."""
        body = {"email": email, "role": role, "days": days}
        return self._one(InvitationCreated, "POST", f"/orgs/{organization}/invitations", json=body)

    def revoke_invitation(self, organization: Reference, invitation: Reference) -> None:
        self._transport.request("DELETE", f"{API}/orgs/{organization}/invitations/{invitation}")

    def accept_invitation(self, token: str) -> Organization:
        """By the account of the address that was invited."""
        return self._one(Organization, "POST", "/invitations:accept", json={"token": token})

    def quotas(self, organization: Reference) -> Sequence[Quota]:
        """Limits of it, of its projects and its users, and how much of each is used."""
        return self._all(Quota, "GET", f"/orgs/{organization}/quota")

    def set_quota(
        self,
        organization: Reference,
        *,
        resource: str,
        hard: float | None,
        soft: float | None = None,
        project: str | None = None,
        user: Reference | None = None,
    ) -> Quota:
        """Of a project or a user of it; of the organization itself the platform's administrator sets them. None: no
        limit."""
        body = {"resource": resource, "hard": hard, "soft": soft, "project": project}
        body |= {"user_id": str(user)} if user else {}
        return self._one(Quota, "PUT", f"/orgs/{organization}/quota", json=body)

    def usage(
        self,
        organization: Reference,
        *,
        by: str = "day",
        first_day: date | None = None,
        last_day: date | None = None,
        project: str | None = None,
    ) -> Sequence[Usage]:
        """By `day`, `project` or `user`; days are of UTC, both included. Default: the last thirty."""
        days = {"first_day": first_day and first_day.isoformat(), "last_day": last_day and last_day.isoformat()}
        return self._all(Usage, "GET", f"/orgs/{organization}/usage", by=by, project=project, **days)

    def utilization(
        self,
        organization: Reference,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        project: str | None = None,
    ) -> Sequence[PoolUtilization]:
        """What of each pool its workloads held, in at most 400 steps; moments have an offset. Default: the last
        hour."""
        span = {"since": since and since.isoformat(), "until": until and until.isoformat()}
        return self._all(PoolUtilization, "GET", f"/orgs/{organization}/utilization", project=project, **span)


class ServiceAccounts(Resource):
    """Principals of one organization that have API keys and nothing else."""

    def list(self, organization: Reference, *, limit: int | None = None) -> Iterator[ServiceAccount]:
        return self._pages(ServiceAccount, f"/orgs/{organization}/service-accounts", limit=limit)

    def create(self, organization: Reference, *, name: str, role: str = "member") -> ServiceAccount:
        """`admin`, `member` or `viewer`."""
        body = {"name": name, "role": role}
        return self._one(ServiceAccount, "POST", f"/orgs/{organization}/service-accounts", json=body)

    def remove(self, account: Reference) -> None:
        """Its keys work no more."""
        self._transport.request("DELETE", f"{API}/service-accounts/{account}")

    def keys(self, account: Reference, *, valid: bool = False, limit: int | None = None) -> Iterator[ApiKey]:
        """With `valid`, neither revoked ones nor those that have expired."""
        return self._pages(ApiKey, f"/service-accounts/{account}/keys", limit=limit, valid=valid)

    def create_key(
        self,
        account: Reference,
        *,
        name: str,
        project: str | None = None,
        scopes: Sequence[str] = (),
        expires_at: datetime | None = None,
    ) -> ApiKeyCreated:
        """The key itself is in the answer, and never shown again. `scopes`: of `read`, `write`, `inference`, `admin`;
        without one it may do whatever the account may."""
        body = {
            "name": name,
            "project": self._connection.project(project),
            "scopes": [*scopes],
            "expires_at": expires_at.isoformat() if expires_at else None,
        }
        return self._one(ApiKeyCreated, "POST", f"/service-accounts/{account}/keys", json=body)

    def revoke_key(self, account: Reference, key: Reference) -> None:
        self._transport.request("DELETE", f"{API}/service-accounts/{account}/keys/{key}")
