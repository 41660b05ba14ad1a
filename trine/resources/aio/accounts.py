from collections.abc import AsyncIterator
from datetime import datetime

from trine.records.accounts import ApiKey, ApiKeyCreated, Me, Project, ProjectMember, SignedIn
from trine.resources.aio.base import API, Reference, Resource


class Account(Resource):
    async def me(self) -> Me:
        return await self._one(Me, "GET", "/auth/me")

    async def login(self, *, email: str, password: str, code: str | None = None) -> SignedIn:
        """A session of a person; the client goes on with the credential it has. `code`: of the second factor."""
        body = {"email": email, "password": password} | ({"code": code} if code else {})
        return await self._one(SignedIn, "POST", "/auth/login", json=body)

    async def logout(self) -> None:
        """Ends the session whose token the client has."""
        await self._transport.request("POST", f"{API}/auth/logout")


class Projects(Resource):
    async def create(self, *, org: str, slug: str, name: str | None = None, description: str = "") -> Project:
        body = {"slug": slug, "name": name or slug, "description": description}
        return await self._one(Project, "POST", f"/orgs/{org}/projects", json=body)

    async def get(self, project: Reference) -> Project:
        """By slug or identifier."""
        return await self._one(Project, "GET", f"/projects/{project}")

    async def list(self, *, limit: int | None = None) -> AsyncIterator[Project]:
        async for found in self._pages(Project, "/projects", limit=limit):
            yield found

    async def members(self, project: Reference, *, limit: int | None = None) -> AsyncIterator[ProjectMember]:
        """Who sees it, and as what."""
        async for found in self._pages(ProjectMember, f"/projects/{project}/members", limit=limit):
            yield found

    async def give_role(self, project: Reference, member: Reference, role: str) -> ProjectMember:
        """`admin`, `member` or `viewer`; it may be more or less than the role in the organization."""
        return await self._one(ProjectMember, "PUT", f"/projects/{project}/members/{member}", json={"role": role})

    async def take_role(self, project: Reference, member: Reference) -> None:
        """The role in the organization holds again; out of a private project they are gone."""
        await self._transport.request("DELETE", f"{API}/projects/{project}/members/{member}")


class ApiKeys(Resource):
    async def create(
        self, *, name: str, project: str | None = None, expires_at: datetime | None = None
    ) -> ApiKeyCreated:
        """The key itself is in the answer, and never shown again."""
        body = {
            "name": name,
            "project": await self._connection.project(project),
            "expires_at": expires_at.isoformat() if expires_at else None,
        }
        return await self._one(ApiKeyCreated, "POST", "/api-keys", json=body)

    async def list(self, *, limit: int | None = None) -> AsyncIterator[ApiKey]:
        """Those that were revoked too."""
        async for found in self._pages(ApiKey, "/api-keys", limit=limit):
            yield found

    async def revoke(self, key: Reference) -> None:
        await self._transport.request("DELETE", f"{API}/api-keys/{key}")
