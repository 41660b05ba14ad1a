"""login, whoami, project."""

import socket
from typing import Annotated

import typer

from trine.cli.language import t
from trine.cli.options import Json, Org, connected, find, group, organization_of
from trine.cli.output import print_json, print_list, print_one, print_pairs, say
from trine.cli.session import Code, Email, sign_in
from trine.client import Client
from trine.errors import NotFound, TrineError
from trine.home import Credentials, store, stored
from trine.records.accounts import Account, Project

DEFAULT_URL = "http://127.0.0.1:8000"

project = group(t("Projects of your organizations."))
members = group(t("Who has which role in a project."))
project.add_typer(members, name="members")

Member = Annotated[str, typer.Argument(metavar="MEMBER", help=t("E-mail, name of a service account, or identifier."))]


def login(
    url: Annotated[str | None, typer.Option("--url", help=t("Address of the platform."))] = None,
    email: Email = None,
    key: Annotated[str | None, typer.Option("--key", help=t("An API key, instead of e-mail and password."))] = None,
    project: Annotated[str | None, typer.Option("--project", "-p", help=t("Default project."))] = None,
    code: Code = None,
    as_json: Json = False,
) -> None:
    """Signs in and writes credentials.json. The password is asked for, or read from TRINE_PASSWORD or a pipe."""
    before = stored()
    address = url or (before.url if before else DEFAULT_URL)
    if key is None:
        kept = _by_password(address, email, project, code)
    else:
        with Client(address, key, project=project) as client:
            kept = _credentials(address, key, client.account.me(), project)
    path = store(kept)
    if as_json:
        print_json({"url": kept.url, "email": kept.email, "org": kept.org, "project": kept.project, "path": str(path)})
    else:
        say(t("Signed in to {url}, project {project}. Written: {path}", url=kept.url, project=kept.project, path=path))


def whoami(as_json: Json = False) -> None:
    with connected() as client:
        me = client.account.me()
        if as_json:
            print_json(me)
            return
        default = next((each.slug for each in me.projects if each.id == me.default_project_id), None)
        print_pairs(
            {
                t("platform"): client.transport.url,
                t("person"): f"{me.user.name} <{me.user.email}>",
                t("organizations"): [each.slug for each in me.organizations],
                t("projects"): [each.slug for each in me.projects],
                t("default project"): default,
            }
        )


def _by_password(address: str, email: str | None, project: str | None, code: str | None) -> Credentials:
    asked = email or typer.prompt(t("E-mail"), err=True)
    account = sign_in(address, asked, code)
    chosen = _choose(account, project)
    with Client(address, account.token, project=chosen.slug) as client:
        made = client.api_keys.create(name=f"trine login, {socket.gethostname()}"[:200])
    return _credentials(address, made.key, account, chosen.slug)


def _credentials(address: str, key: str, me: Account, project: str | None) -> Credentials:
    chosen = _choose(me, project)
    org = next((each.slug for each in me.organizations if each.id == chosen.org_id), "")
    return Credentials(url=address.rstrip("/"), email=me.user.email, api_key=key, org=org, project=chosen.slug)


def _choose(me: Account, project: str | None) -> Project:
    if project:
        for each in me.projects:
            if project in (each.slug, str(each.id)):
                return each
        raise NotFound(
            t("There is no project {name!r}.", name=project),
            advice=t("Yours: {names}.", names=", ".join(each.slug for each in me.projects) or "-"),
        )
    default = next((each for each in me.projects if each.id == me.default_project_id), None)
    if default is None and not me.projects:
        raise TrineError(t("You have no project yet."), code="no_project", advice=t("Ask an owner to make one."))
    return default or me.projects[0]


@project.command("list", help=t("Lists projects."))
def list_projects(as_json: Json = False) -> None:
    with connected() as client:
        print_list(
            client.projects.list(),
            {"slug": lambda row: row.slug, t("name"): lambda row: row.name, "id": lambda row: row.id},
            as_json=as_json,
        )


@project.command("get", help=t("Shows a project."))
def get_project(slug: Annotated[str, typer.Argument()], as_json: Json = False) -> None:
    with connected() as client:
        _print(client.projects.get(slug), as_json)


@project.command("create", help=t("Makes a project."))
def create_project(
    slug: Annotated[str, typer.Argument()],
    org: Org = None,
    name: Annotated[str | None, typer.Option("--name")] = None,
    description: Annotated[str, typer.Option("--description")] = "",
    as_json: Json = False,
) -> None:
    with connected() as client:
        _print(
            client.projects.create(org=organization_of(client, org), slug=slug, name=name, description=description),
            as_json,
        )


def _print(found: Project, as_json: bool) -> None:
    print_one(
        found,
        {
            "slug": lambda row: row.slug,
            t("name"): lambda row: row.name,
            t("description"): lambda row: row.description,
            "id": lambda row: row.id,
            t("created"): lambda row: row.created_at,
        },
        as_json=as_json,
    )


@members.command("list", help=t("Lists who sees a project, and as what."))
def list_members(slug: Annotated[str, typer.Argument()], as_json: Json = False) -> None:
    with connected() as client:
        columns = {t("name"): lambda row: row.email or row.name, t("role"): lambda row: row.role}
        columns |= {t("given here"): lambda row: row.given, t("in the organization"): lambda row: row.organization_role}
        columns |= {"id": lambda row: row.member_id}
        print_list(client.projects.members(slug), columns, as_json=as_json)


@members.command("set", help=t("Gives a member a role in this project: admin, member or viewer."))
def set_member(
    slug: Annotated[str, typer.Argument()],
    member: Member,
    role: Annotated[str, typer.Argument()],
    as_json: Json = False,
) -> None:
    with connected() as client:
        given = client.projects.give_role(slug, _member(client, slug, member), role)
        print_one(given, {t("name"): lambda row: row.name, t("role"): lambda row: row.role}, as_json=as_json)


@members.command("remove", help=t("Takes the role of a member in this project back."))
def remove_member(slug: Annotated[str, typer.Argument()], member: Member) -> None:
    with connected() as client:
        client.projects.take_role(slug, _member(client, slug, member))
        say(t("It is removed."))


def _member(client: Client, slug: str, named: str) -> str:
    every = client.projects.members(slug)
    return find(named, every, lambda row: (row.member_id, row.email, row.name), t("member"))
