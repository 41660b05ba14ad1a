# Made of `trine/resources/aio` by `scripts/blocking_client.py`: change that, then run it.
# ruff: noqa
from collections.abc import Sequence
from datetime import datetime

from trine.records.accounts import ApiKey, ApiKeyCreated, Me, Organization, Project, SignedIn
from trine.resources.blocking.base import Reference, Resource


class Account(Resource):
    def me(self) -> Me:
        return self._one(Me, "GET", "/auth/me")

    def login(self, *, email: str, password: str) -> SignedIn:
        """A session of a person; the client goes on with the credential it has."""
        return self._one(SignedIn, "POST", "/auth/login", json={"email": email, "password": password})


class Organizations(Resource):
    def list(self) -> Sequence[Organization]:
        return self._all(Organization, "GET", "/orgs")


class Projects(Resource):
    def create(self, *, org: str, slug: str, name: str | None = None, description: str = "") -> Project:
        body = {"slug": slug, "name": name or slug, "description": description}
        return self._one(Project, "POST", f"/orgs/{org}/projects", json=body)

    def get(self, project: Reference) -> Project:
        """By slug or identifier."""
        return self._one(Project, "GET", f"/projects/{project}")

    def list(self) -> Sequence[Project]:
        return self._all(Project, "GET", "/projects")


class ApiKeys(Resource):
    def create(self, *, name: str, project: str | None = None, expires_at: datetime | None = None) -> ApiKeyCreated:
        """The key itself is in the answer, and never shown again."""
        body = {
            "name": name,
            "project": self._connection.project(project),
            "expires_at": expires_at.isoformat() if expires_at else None,
        }
        return self._one(ApiKeyCreated, "POST", "/api-keys", json=body)

    def list(self) -> Sequence[ApiKey]:
        return self._all(ApiKey, "GET", "/api-keys")

    def revoke(self, key: Reference) -> None:
        self._transport.request("DELETE", f"/api/v1/api-keys/{key}")
