"""Somebody with an organization, on a site of a benchmark."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import httpx

from tests.fixtures.auth import PASSWORD, Person


@asynccontextmanager
async def registered(url: str, email: str = "ada@example.org") -> AsyncIterator[Person]:
    account = {"email": email, "password": PASSWORD, "name": "Ada", "organization": "Analytical Engines"}
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as http:
        made = (await http.post("/api/v1/auth/register", json=account)).raise_for_status().json()
        http.cookies.clear()
        http.headers["Authorization"] = f"Bearer {made['token']}"
        org, project = made["organizations"][0], made["projects"][0]
        yield Person(
            http=http,
            email=email,
            token=made["token"],
            user_id=UUID(made["user"]["id"]),
            org_id=UUID(org["id"]),
            org=org["slug"],
            project_id=UUID(project["id"]),
        )
