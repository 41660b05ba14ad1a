"""Lists that grow while they are read: each thing once, newest first, and no cursor that another list gave."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from app.auth.permissions import Role
from tests.app.test_isolation import STUDY
from tests.fixtures.auth import Person, Register
from tests.fixtures.factories import make_artifact, make_run, make_version
from tests.fixtures.members import join
from tests.fixtures.paging import check_pages
from tests.fixtures.scheduling import Desk

_numbers = itertools.count()


@dataclass(frozen=True)
class Growing:
    path: str
    more: Callable[[], Awaitable[object]]
    """Adds one."""
    key: str = "id"


async def projects(ada: Person, register: Register) -> Growing:
    def more() -> Awaitable[object]:
        return ada.post(f"/orgs/{ada.org}/projects", {"slug": f"p{next(_numbers)}", "name": "More"})

    return Growing("/projects", more)


async def organizations(ada: Person, register: Register) -> Growing:
    async def more() -> None:
        await join(await register(), ada, Role.MEMBER)

    return Growing("/orgs", more)


async def members(ada: Person, register: Register) -> Growing:
    async def more() -> None:
        await join(ada, await register(), Role.MEMBER)

    return Growing(f"/orgs/{ada.org}/members", more)


async def members_of_a_private_project(ada: Person, register: Register) -> Growing:
    await join(ada, await register(), Role.MEMBER)
    await ada.http.put(f"/api/v1/projects/{ada.project_id}/access", json={"private": True})

    async def more() -> None:
        guest = await register()
        await join(ada, guest, Role.MEMBER)
        given = await ada.http.put(
            f"/api/v1/projects/{ada.project_id}/members/{guest.user_id}", json={"role": "viewer"}
        )
        assert given.status_code == 200, given.text

    return Growing(f"/projects/{ada.project_id}/members", more, key="member_id")


async def invitations(ada: Person, register: Register) -> Growing:
    def more() -> Awaitable[object]:
        return ada.post(f"/orgs/{ada.org}/invitations", {"email": f"guest-{next(_numbers)}@example.org"})

    return Growing(f"/orgs/{ada.org}/invitations", more)


async def keys(ada: Person, register: Register) -> Growing:
    return Growing("/api-keys", ada.api_key)


async def service_accounts(ada: Person, register: Register) -> Growing:
    def more() -> Awaitable[object]:
        return ada.post(f"/orgs/{ada.org}/service-accounts", {"name": f"robot-{next(_numbers)}"})

    return Growing(f"/orgs/{ada.org}/service-accounts", more)


async def keys_of_a_service_account(ada: Person, register: Register) -> Growing:
    account = await ada.post(f"/orgs/{ada.org}/service-accounts", {"name": "robot"})
    path = f"/service-accounts/{account['id']}/keys"
    return Growing(path, lambda: ada.post(path, {"name": "key", "project": str(ada.project_id)}))


async def artifacts(ada: Person, register: Register) -> Growing:
    run = await make_run(ada)

    def more() -> Awaitable[object]:
        return make_artifact(ada, run["id"], {"w": b"w"}, name=f"artifact-{next(_numbers)}")

    return Growing(f"/runs/{run['id']}/artifacts", more)


async def trials(ada: Person, register: Register) -> Growing:
    study = await ada.post(f"/projects/{ada.project_id}/studies", STUDY | {"trials": 100})
    path, numbers = f"/studies/{study['id']}/trials", itertools.count()
    return Growing(path, lambda: ada.post(path, {"number": next(numbers), "params": {}}))


async def deployments(ada: Person, register: Register) -> Growing:
    await make_version(ada)
    service = await ada.post(f"/projects/{ada.project_id}/services", {"name": f"s{ada.org_id.hex[-8:]}"})
    path = f"/services/{service['id']}/deployments"
    return Growing(path, lambda: ada.post(path, {"model": "net"}))


@pytest.mark.parametrize(
    "begin",
    [
        projects,
        organizations,
        members,
        members_of_a_private_project,
        invitations,
        keys,
        service_accounts,
        keys_of_a_service_account,
        artifacts,
        trials,
        deployments,
    ],
)
async def test_a_list_that_grows_while_it_is_read(
    ada: Person, register: Register, desk: Desk, begin: Callable[[Person, Register], Awaitable[Growing]]
) -> None:
    growing = await begin(ada, register)
    while len(there := await ada.listed(growing.path)) < 5:
        await growing.more()
    made = [row[growing.key] for row in there][::-1]
    await check_pages(ada, growing.path, made, key=growing.key)

    first = await ada.get(growing.path, params={"limit": 2})
    rest = {"limit": 3, "cursor": first["next_cursor"]}
    *_, second = await asyncio.gather(growing.more(), growing.more(), ada.get(growing.path, params=rest))
    assert [row[growing.key] for row in second["items"]] == made[2::-1], "what came meanwhile is before the first page"
    assert second["next_cursor"] is None
    assert len(await ada.listed(growing.path)) == 7
