"""org accounts: principals of an organization that have API keys and nothing else."""

import sys
from datetime import datetime
from typing import Annotated

import typer

from trine.cli.language import t
from trine.cli.options import Json, Limit, Org, Project, connected, find, group, organization_of
from trine.cli.output import print_json, print_list, print_one, say
from trine.client import Client

accounts = group(t("Service accounts: for programs, whose keys do not go when a person goes."))
keys = group(t("Keys of a service account."))
accounts.add_typer(keys, name="keys")

Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help=t("Name or identifier."))]


@accounts.command("list", help=t("Lists service accounts."))
def list_accounts(limit: Limit = 50, organization: Org = None, as_json: Json = False) -> None:
    with connected() as client:
        found = client.service_accounts.list(organization_of(client, organization), limit=limit)
        columns = {t("name"): lambda row: row.name, t("role"): lambda row: row.role}
        columns |= {t("created"): lambda row: row.created_at, "id": lambda row: row.id}
        print_list(found, columns, as_json=as_json)


@accounts.command("create", help=t("Makes a service account."))
def create_account(
    name: Annotated[str, typer.Argument()],
    role: Annotated[str, typer.Option("--role", help=t("admin, member or viewer."))] = "member",
    organization: Org = None,
    as_json: Json = False,
) -> None:
    with connected() as client:
        made = client.service_accounts.create(organization_of(client, organization), name=name, role=role)
        print_one(made, {t("name"): lambda row: row.name, "id": lambda row: row.id}, as_json=as_json)


@accounts.command("remove", help=t("Removes a service account; its keys work no more."))
def remove_account(account: Account, organization: Org = None) -> None:
    with connected() as client:
        client.service_accounts.remove(_account(client, organization, account))
        say(t("It is removed."))


@keys.command("list", help=t("Lists keys, newest first."))
def list_keys(
    account: Account,
    valid: Annotated[bool, typer.Option("--valid", help=t("Only those that work."))] = False,
    limit: Limit = 50,
    organization: Org = None,
    as_json: Json = False,
) -> None:
    with connected() as client:
        found = client.service_accounts.keys(_account(client, organization, account), valid=valid, limit=limit)
        columns = {t("name"): lambda row: row.name, t("key"): lambda row: f"{row.prefix}…"}
        columns |= {t("scopes"): lambda row: row.scopes, t("last used"): lambda row: row.last_used_at}
        columns |= {t("good until"): lambda row: row.expires_at, t("revoked"): lambda row: row.revoked_at}
        columns |= {"id": lambda row: row.id}
        print_list(found, columns, as_json=as_json)


@keys.command("create", help=t("Makes a key and prints it, this once."))
def create_key(
    account: Account,
    name: Annotated[str, typer.Argument()],
    scope: Annotated[
        list[str] | None, typer.Option("--scope", help=t("read, write, inference or admin; several times."))
    ] = None,
    until: Annotated[datetime | None, typer.Option("--until", help=t("Until it expires."))] = None,
    project: Project = None,
    organization: Org = None,
    as_json: Json = False,
) -> None:
    with connected(project) as client:
        made = client.service_accounts.create_key(
            _account(client, organization, account),
            name=name,
            scopes=scope or (),
            expires_at=until.astimezone() if until else None,
        )
        if as_json:
            print_json(made)
            return
        sys.stdout.write(f"{made.key}\n")


@keys.command("revoke", help=t("Revokes a key."))
def revoke_key(
    account: Account, identifier: Annotated[str, typer.Argument(metavar="ID")], organization: Org = None
) -> None:
    with connected() as client:
        client.service_accounts.revoke_key(_account(client, organization, account), identifier)
        say(t("It is revoked."))


def _account(client: Client, organization: str | None, named: str) -> str:
    every = client.service_accounts.list(organization_of(client, organization))
    return find(named, every, lambda row: (row.id, row.name), t("service account"))
