"""The platform's administrators: they sign in for each command, for no key may do what they may."""

import sys
from collections.abc import Callable, Iterable
from typing import Annotated, TypeVar

import typer

from trine.cli.audit import EVENT
from trine.cli.language import t
from trine.cli.options import Hard, Json, Limit, QuotaResource, Soft, find, group
from trine.cli.output import Columns, print_json, print_list, print_one, say
from trine.cli.session import Code, Email, signed_in
from trine.client import Client
from trine.records.administration import AdministeredOrganization, AdministeredUser
from trine.records.base import Record

admin = group(t("Organizations and people of the platform, for its administrators."))

Organization = Annotated[str, typer.Argument(metavar="ORGANIZATION", help=t("Slug or identifier."))]
Person = Annotated[str, typer.Argument(metavar="PERSON", help=t("E-mail or identifier."))]

_ORGANIZATION: Columns[AdministeredOrganization] = {
    "slug": lambda row: row.slug,
    t("name"): lambda row: row.name,
    "id": lambda row: row.id,
    t("created"): lambda row: row.created_at,
    t("disabled"): lambda row: row.disabled_at,
}
_PERSON: Columns[AdministeredUser] = {
    "e-mail": lambda row: row.email,
    t("name"): lambda row: row.name,
    "id": lambda row: row.id,
    t("administrator"): lambda row: row.is_platform_admin,
    t("disabled"): lambda row: row.disabled_at,
}


R = TypeVar("R", bound=Record)


def _lists(name: str, about: str, read: Callable[[Client, int], Iterable[R]], columns: Columns[R]) -> None:
    @admin.command(name, help=about)
    def listing(limit: Limit = 50, email: Email = None, code: Code = None, as_json: Json = False) -> None:
        with signed_in(email, code) as client:
            print_list(read(client, limit), columns, as_json=as_json)


_lists(
    "organizations",
    t("Lists organizations."),
    lambda client, limit: client.administration.organizations(limit=limit),
    _ORGANIZATION,
)
_lists("people", t("Lists people."), lambda client, limit: client.administration.people(limit=limit), _PERSON)
_lists(
    "events",
    t("Lists what administrators did, and refusals that belong to no one organization."),
    lambda client, limit: client.administration.events(limit=limit),
    EVENT,
)


@admin.command("organization", help=t("Disables an organization, which stops what it runs, or enables it."))
def set_organization(
    organization: Organization,
    enabled: Annotated[bool, typer.Option("--enable/--disable")],
    email: Email = None,
    code: Code = None,
    as_json: Json = False,
) -> None:
    with signed_in(email, code) as client:
        changed = client.administration.set_organization(_organization(client, organization), enabled=enabled)
        print_one(changed, _ORGANIZATION, as_json=as_json)


@admin.command("quota", help=t("Sets a limit of an organization as a whole; without --hard and --soft there is none."))
def set_quota(
    organization: Organization,
    resource: QuotaResource,
    hard: Hard = None,
    soft: Soft = None,
    email: Email = None,
    code: Code = None,
    as_json: Json = False,
) -> None:
    with signed_in(email, code) as client:
        meant = _organization(client, organization)
        made = client.administration.set_quota(meant, resource=resource, hard=hard, soft=soft)
        print_one(
            made,
            {
                t("resource"): lambda row: row.resource,
                t("hard limit"): lambda row: row.hard,
                t("soft limit"): lambda row: row.soft,
                t("used"): lambda row: row.used,
            },
            as_json=as_json,
        )


@admin.command("person", help=t("Disables a person, who is signed out everywhere, or enables them."))
def set_person(
    person: Person,
    enabled: Annotated[bool, typer.Option("--enable/--disable")],
    email: Email = None,
    code: Code = None,
    as_json: Json = False,
) -> None:
    with signed_in(email, code) as client:
        changed = client.administration.set_person(_person(client, person), enabled=enabled)
        print_one(changed, _PERSON, as_json=as_json)


@admin.command("reset-password", help=t("Prints a link by which a person chooses a new password, once, within a day."))
def reset_password(person: Person, email: Email = None, code: Code = None, as_json: Json = False) -> None:
    with signed_in(email, code) as client:
        made = client.administration.reset_password(_person(client, person))
        if as_json:
            print_json(made)
            return
        sys.stdout.write(f"{client.transport.url}/reset-password#{made.token}\n")


@admin.command("remove-second-factor", help=t("Takes away the second factor of a person who has lost it."))
def remove_second_factor(person: Person, email: Email = None, code: Code = None) -> None:
    with signed_in(email, code) as client:
        client.administration.remove_second_factor(_person(client, person))
        say(t("It is removed."))


@admin.command(help=t("Prints address and token of Ray's dashboard; that they were taken is written down."))
def dashboard(email: Email = None, code: Code = None, as_json: Json = False) -> None:
    with signed_in(email, code) as client:
        found = client.administration.open_dashboard()
        print_one(found, {t("address"): lambda row: row.url, "token": lambda row: row.token}, as_json=as_json)


def _organization(client: Client, named: str) -> str:
    every = client.administration.organizations()
    return find(named, every, lambda row: (row.id, row.slug), t("organization"))


def _person(client: Client, named: str) -> str:
    return find(named, client.administration.people(), lambda row: (row.id, row.email), t("person"))
