"""The platform's administrators and the roles of projects by the command line, against the real application."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from typer.main import get_command

import app.main
import trine.cli.app
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


def test_limits_events_and_the_dashboard_of_the_platform(client: Client, appointed: Person) -> None:
    who = ("--email", appointed.email, "--json")
    made = command("admin", "quota", appointed.org, "gpu", "--hard", "3", *who, TRINE_PASSWORD=PASSWORD)
    assert json.loads(made.stdout)["hard"] == 3, made.stderr
    (limit,) = client.organizations.quotas(appointed.org)
    assert (limit.resource, limit.hard, limit.project_id, limit.user_id) == ("gpu", 3, None, None)
    taken = command("admin", "dashboard", *who, TRINE_PASSWORD=PASSWORD)
    assert json.loads(taken.stdout)["token"], taken.stderr
    listed = command("admin", "events", "-n", "1", *who, TRINE_PASSWORD=PASSWORD)
    assert [event["action"] for event in json.loads(listed.stdout)] == ["dashboard.token_read"], listed.stderr


def test_an_organization_and_its_members(client: Client, signed_in: Person, guest: Person) -> None:
    (mine,) = shown("org", "list")
    assert mine["slug"] == signed_in.org == shown("org", "get")["slug"]
    made = command("org", "invitations", "create", guest.email, "--role", "viewer")
    page, _, token = made.stdout.strip().partition("#")
    assert page == f"{client.transport.url}/invitation", made.stderr
    (open_one,) = shown("org", "invitations", "list")
    assert (open_one["email"], open_one["accepted_at"]) == (guest.email, None)
    joined = shown("org", "invitations", "accept", f"{page}#{token}", "--email", guest.email, TRINE_PASSWORD=PASSWORD)
    assert joined["slug"] == signed_in.org
    assert shown("org", "members", "set", guest.email.upper(), "member")["role"] == "member"
    limit = shown("org", "set-quota", "gpu", "--hard", "2", "--soft", "1", "--member", guest.email)
    assert (limit["hard"], limit["soft"]) == (2, 1)
    assert limit in shown("org", "quota")
    roles = {row["email"]: row["role"] for row in shown("org", "members", "list")}
    assert roles == {signed_in.email: "owner", guest.email: "member"}
    assert command("org", "members", "remove", guest.email).returncode == 0
    assert [member.email for member in client.organizations.members(signed_in.org)] == [signed_in.email]
    again = command("org", "members", "remove", guest.email)
    assert (again.returncode, again.stdout) == (1, "")
    assert f"There is no member '{guest.email}'." in again.stderr
    useless = command("org", "invitations", "create", "x@example.org", "--json")
    assert command("org", "invitations", "revoke", json.loads(useless.stdout)["id"]).returncode == 0
    assert shown("org", "invitations", "list", "-n", "1")[0]["revoked_at"]
    assert shown("org", "usage", "--by", "project") == []
    refused = command("org", "second-factor", "--require", "--email", signed_in.email, TRINE_PASSWORD=PASSWORD)
    assert refused.returncode == 1
    assert "prove your own second factor" in refused.stderr
    kept = shown("org", "second-factor", "--no-require", "--email", signed_in.email, TRINE_PASSWORD=PASSWORD)
    assert kept["requires_second_factor"] is False


def test_service_accounts_and_their_keys(client: Client, signed_in: Person) -> None:
    account = shown("org", "accounts", "create", "importer", "--role", "viewer")
    made = command("org", "accounts", "keys", "create", "importer", "nightly", "--scope", "read")
    assert made.returncode == 0, made.stderr
    with Client(client.transport.url, made.stdout.strip()) as robot:
        assert robot.account.me().user.name == "importer"
    (key,) = shown("org", "accounts", "keys", "list", "importer", "--valid")
    assert (key["name"], key["scopes"]) == ("nightly", ["read"])
    assert command("org", "accounts", "keys", "revoke", "importer", key["id"]).returncode == 0
    assert shown("org", "accounts", "keys", "list", "importer", "--valid") == []
    assert len(shown("org", "accounts", "keys", "list", account["id"])) == 1
    assert command("org", "accounts", "remove", "importer").returncode == 0
    assert "importer" not in {row["name"] for row in shown("org", "accounts", "list")}


COMMANDS = {
    "get /admin/organizations": "admin organizations",
    "post /admin/organizations/{org_id}:disable": "admin organization",
    "post /admin/organizations/{org_id}:enable": "admin organization",
    "put /admin/organizations/{org_id}/quota": "admin quota",
    "get /admin/users": "admin people",
    "post /admin/users/{user_id}:disable": "admin person",
    "post /admin/users/{user_id}:enable": "admin person",
    "post /admin/users/{user_id}:reset-password": "admin reset-password",
    "post /admin/users/{user_id}:remove-second-factor": "admin remove-second-factor",
    "post /admin/dashboard:open": "admin dashboard",
    "get /admin/events": "admin events",
    "get /orgs": "org list",
    "get /orgs/{org}": "org get",
    "put /orgs/{org}/second-factor": "org second-factor",
    "get /orgs/{org}/members": "org members list",
    "get /orgs/{org}/members/{user_id}": "org members list",
    "patch /orgs/{org}/members/{user_id}": "org members set",
    "delete /orgs/{org}/members/{user_id}": "org members remove",
    "get /orgs/{org}/invitations": "org invitations list",
    "post /orgs/{org}/invitations": "org invitations create",
    "delete /orgs/{org}/invitations/{invitation_id}": "org invitations revoke",
    "post /invitations:accept": "org invitations accept",
    "get /orgs/{org}/quota": "org quota",
    "put /orgs/{org}/quota": "org set-quota",
    "get /orgs/{org}/usage": "org usage",
    "get /orgs/{org}/utilization": "org utilization",
    "post /orgs/{org}/projects": "project create",
    "get /orgs/{org}/service-accounts": "org accounts list",
    "post /orgs/{org}/service-accounts": "org accounts create",
    "delete /service-accounts/{account_id}": "org accounts remove",
    "get /service-accounts/{account_id}/keys": "org accounts keys list",
    "post /service-accounts/{account_id}/keys": "org accounts keys create",
    "delete /service-accounts/{account_id}/keys/{key_id}": "org accounts keys revoke",
}


def test_every_operation_of_the_platform_and_of_organizations_has_a_command() -> None:
    paths = app.main.build_app().openapi()["paths"]
    wanted = ("/api/v1/admin/", "/api/v1/orgs", "/api/v1/service-accounts", "/api/v1/invitations")
    operations = {
        f"{method} {path.removeprefix('/api/v1')}"
        for path, methods in paths.items()
        if path.startswith(wanted)
        for method in methods
    }
    assert operations == set(COMMANDS)
    assert set(COMMANDS.values()) <= set(_commands(get_command(trine.cli.app.app)))


def _commands(command: Any, *before: str) -> Iterator[str]:
    if not (below := getattr(command, "commands", None)):
        yield " ".join(before)
        return
    for name, each in below.items():
        yield from _commands(each, *before, name)


def shown(*arguments: str, **environment: str) -> Any:
    """What a command tells as JSON."""
    done = command(*arguments, "--json", **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
