# Made of `trine/resources/aio` by `scripts/blocking_client.py`: change that, then run it.
# ruff: noqa
from collections.abc import Iterator
from datetime import datetime

from trine.records.accounts import ApiKey, ApiKeyCreated, Me, Project, ProjectMember, SignedIn
from trine.resources.blocking.base import API, Reference, Resource


class Account(Resource):
    def me(self) -> Me:
        return self._one(Me, "GET", "/auth/me")

    def login(self, *, email: str, password: str, code: str | None = None) -> SignedIn:
        """A session of a person; the client goes on with the credential it has. `code`: of the second factor."""
        body = {"email": email, "password": password} | ({"code": code} if code else {})
        return self._one(SignedIn, "POST", "/auth/login", json=body)

    def logout(self) -> None:
        """Ends the session whose token the client has."""
        self._transport.request("POST", f"{API}/auth/logout")


class Projects(Resource):
    def create(self, *, org: str, slug: str, name: str | None = None, description: str = "") -> Project:
        body = {"slug": slug, "name": name or slug, "description": description}
        return self._one(Project, "POST", f"/orgs/{org}/projects", json=body)

    def get(self, project: Reference) -> Project:
        """By slug or identifier."""
        return self._one(Project, "GET", f"/projects/{project}")

    def list(self, *, limit: int | None = None) -> Iterator[Project]:
        for found in self._pages(Project, "/projects", limit=limit):
            yield found

    def members(self, project: Reference, *, limit: int | None = None) -> Iterator[ProjectMember]:
        """Who sees it, and as what."""
        for found in self._pages(ProjectMember, f"/projects/{project}/members", limit=limit):
            yield found

    def give_role(self, project: Reference, member: Reference, role: str) -> ProjectMember:
        """`admin`, `member` or `viewer`; it may be more or less than the role in the organization."""
        return self._one(ProjectMember, "PUT", f"/projects/{project}/members/{member}", json={"role": role})

    def take_role(self, project: Reference, member: Reference) -> None:
        """The role in the organization holds again; out of a private project they are gone."""
        self._transport.request("DELETE", f"{API}/projects/{project}/members/{member}")


class ApiKeys(Resource):
    def create(self, *, name: str, project: str | None = None, expires_at: datetime | None = None) -> ApiKeyCreated:
        """The key itself is in the answer, and never shown again."""
        body = {
            "name": name,
            "project": self._connection.project(project),
            "expires_at": expires_at.isoformat() if expires_at else None,
        }
        return self._one(ApiKeyCreated, "POST", "/api-keys", json=body)

    def list(self, *, limit: int | None = None) -> Iterator[ApiKey]:
        """Those that were revoked too."""
        for found in self._pages(ApiKey, "/api-keys", limit=limit):
            yield found

    def revoke(self, key: Reference) -> None:
        self._transport.request("DELETE", f"{API}/api-keys/{key}")
