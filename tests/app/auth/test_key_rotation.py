"""New keys while the platform runs: what older ones made goes on, on every replica, and is renewed as it is used."""

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from app.config import Settings
from app.main import build_app
from app.scheduler import enrolment
from app.storage import links
from deployments.local.home import Home
from deployments.local.rotation import rotate
from tests.fixtures.app import client, listening
from tests.fixtures.auth import PASSWORD, Person
from tests.fixtures.db import Prepared
from tests.fixtures.scheduling import TINY, Desk
from trine.specs.enrolment import Enrolment

ME = "/api/v1/auth/me"
REPLICAS = 2


class Site:
    """Replicas of one platform, with secrets of their own."""

    def __init__(self, home: Home, apps: list[FastAPI]) -> None:
        self.home = home
        self.apps = apps

    @property
    def settings(self) -> Settings:
        found: Settings = self.apps[0].state.platform.settings
        return found

    def rotate(self, **options: Any) -> None:
        rotate(self.home, **options)

    async def statuses(self, token: str) -> list[int]:
        """Of each replica, none of which remembers anything."""
        found = []
        for app in self.apps:
            app.state.platform.credentials.forget()
            async with client(app, token) as asking:
                found.append((await asking.get(ME)).status_code)
        return found


@pytest.fixture
async def site(prepared: Prepared, web_app: FastAPI, tmp_path: Path) -> AsyncIterator[Site]:
    home = Home(tmp_path)
    shutil.copytree(prepared.secrets, home.secrets)
    async with AsyncExitStack() as stack:
        apps = [build_app(Settings(home=home.root, url="http://platform.test")) for _ in range(REPLICAS)]
        for app in apps:
            await stack.enter_async_context(app.router.lifespan_context(app))
            await listening(app)
        yield Site(home, apps)


async def registered(site: Site, email: str) -> tuple[dict[str, Any], httpx.AsyncClient]:
    """What a new account is told, and its session with the first replica."""
    asking = client(site.apps[0])
    body = {"email": email, "password": PASSWORD, "name": "Ada", "organization": "Keys"}
    made = (await asking.post("/api/v1/auth/register", json=body)).raise_for_status().json()
    asking.cookies.clear()
    asking.headers["Authorization"] = f"Bearer {made['token']}"
    return made, asking


async def a_key(asking: httpx.AsyncClient, made: dict[str, Any], **headers: str) -> httpx.Response:
    body = {"name": "k", "project": made["projects"][0]["id"]}
    return (await asking.post("/api/v1/api-keys", json=body, headers=headers)).raise_for_status()


async def test_sessions_and_keys_live_on_as_long_as_they_are_used(site: Site) -> None:
    made, asking = await registered(site, "rotating@example.org")
    async with aclosing(asking):
        used, idle = [(await a_key(asking, made)).json()["key"] for _ in range(2)]
        for _ in range(3):
            site.rotate()
            assert await site.statuses(made["token"]) == [200] * REPLICAS
            assert await site.statuses(used) == [200] * REPLICAS
        assert await site.statuses(idle) == [401] * REPLICAS, "its pepper is accepted no more"
        fresh = (await a_key(asking, made)).json()["key"]
        site.rotate(keep=0)
        assert await site.statuses(fresh) == [401] * REPLICAS, "after a leak nothing of before is good"
        assert await site.statuses(made["token"]) == [401] * REPLICAS


async def test_an_invitation_and_a_repeated_request_outlive_a_rotation(site: Site) -> None:
    made, asking = await registered(site, "inviting@example.org")
    guest, joining = await registered(site, "invited@example.org")
    async with aclosing(asking), aclosing(joining):
        body = {"email": "invited@example.org", "role": "member"}
        org = made["organizations"][0]["id"]
        token = (await asking.post(f"/api/v1/orgs/{org}/invitations", json=body)).json()["token"]
        first = await a_key(asking, made, **{"Idempotency-Key": "once"})
        site.rotate()
        again = await a_key(asking, made, **{"Idempotency-Key": "once"})
        assert again.json() == first.json()
        assert (await joining.post("/api/v1/invitations:accept", json={"token": token})).status_code == 200
        assert guest["user"]["email"] == "invited@example.org"


async def test_a_job_enrols_and_reports_under_what_it_was_given(site: Site, ada: Person, desk: Desk) -> None:
    await ada.post(f"/projects/{ada.project_id}/training-jobs", TINY)
    await desk.turn()
    site.rotate()
    async with client(site.apps[0]) as asking:
        enrolled = await asking.post("/api/v1/enrolments", json={"code": desk.job("tiny").env["TRINE_ENROLMENT"]})
    assert enrolled.status_code == 200, enrolled.text
    task = Enrolment.model_validate_json(enrolled.content)
    for sequence in range(3):
        site.rotate()
        for app in site.apps:
            async with client(app, task.token) as worker:
                batch = {"source": "w", "sequence": sequence}
                assert (await worker.post(f"/api/v1/runs/{task.run_id}/batches", json=batch)).status_code == 200


def test_a_job_that_is_launched_again_gets_the_code_that_it_was_launched_with(site: Site) -> None:
    workload, settings = UUID(int=3), site.settings
    code = enrolment.code_of(settings, workload, 1, None)
    launched = enrolment.hash_of(settings, code)
    site.rotate()
    assert enrolment.code_of(settings, workload, 1, launched) == code
    assert enrolment.code_of(settings, workload, 2, launched) != enrolment.code_of(settings, workload, 1, launched)
    assert enrolment.code_of(settings, workload, 1, None) != code


def test_a_signed_link_outlives_one_rotation(site: Site) -> None:
    thing: dict[str, Any] = {"org_id": UUID(int=1), "artifact_id": UUID(int=2), "path": "a b"}

    def signature() -> str:
        return links.signed_path(site.settings.signing_key, lifetime=60, **thing).partition("signature=")[2]

    before = signature()
    site.rotate()
    assert links.is_valid(site.settings.signing_keys, signature=before, **thing)
    assert links.is_valid(site.settings.signing_keys, signature=signature(), **thing)
    site.rotate()
    assert not links.is_valid(site.settings.signing_keys, signature=before, **thing)
