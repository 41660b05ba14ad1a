"""The platform's administrators and the roles of projects by the command line, against the real application."""

import httpx
import pytest

from app.migrations.administrator import appoint
from tests.fixtures.db import Prepared
from tests.trine.conftest import PASSWORD, Person
from tests.trine.test_platform import command
from trine.client import Client
from trine.errors import NotFound


@pytest.fixture
def appointed(signed_in: Person, prepared: Prepared) -> Person:
    assert appoint(prepared.owner_url, signed_in.email)
    return signed_in


def test_people_are_listed_and_given_a_new_password(client: Client, appointed: Person) -> None:
    done = command("admin", "people", "--email", appointed.email, "--json", "-n", "1000", TRINE_PASSWORD=PASSWORD)
    assert appointed.email in done.stdout, done.stderr
    made = command("admin", "reset-password", appointed.email, "--email", appointed.email, TRINE_PASSWORD=PASSWORD)
    page, _, token = made.stdout.strip().partition("#")
    assert page == f"{client.transport.url}/reset-password", made.stderr
    body = {"token": token, "new_password": PASSWORD}
    assert httpx.post(f"{client.transport.url}/api/v1/auth/password:reset", json=body).status_code == 204


def test_a_key_is_no_administrator(client: Client, appointed: Person) -> None:
    with pytest.raises(NotFound, match="nothing here for you"):
        list(client.administration.people())


def test_roles_in_a_project(client: Client, signed_in: Person) -> None:
    path = f"/api/v1/orgs/{signed_in.org}/service-accounts"
    robot = client.transport.request("POST", path, json={"name": "robot", "role": "viewer"}).json()
    done = command("project", "members", "set", signed_in.project, "robot", "member")
    assert done.returncode == 0, done.stderr
    given = {each.name: each.given for each in client.projects.members(signed_in.project)}
    assert given["robot"] == "member"
    assert "robot" in command("project", "members", "list", signed_in.project).stdout
    assert command("project", "members", "remove", signed_in.project, robot["id"]).returncode == 0
    assert {each.given for each in client.projects.members(signed_in.project)} == {None}
    nobody = command("project", "members", "set", signed_in.project, "nobody", "member")
    assert (nobody.returncode, nobody.stdout) == (1, "")
    assert "There is no member 'nobody'." in nobody.stderr
