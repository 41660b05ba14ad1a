"""The platform's administrators: they sign in for each command, for no key may do what they may."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated, Protocol, TypeVar
from uuid import UUID

import typer

from trine.cli.account import ask_password
from trine.cli.language import t
from trine.cli.options import Json, Limit, group
from trine.cli.output import print_json, print_list, print_one, say
from trine.client import Client
from trine.errors import NotFound

admin = group(t("Organizations and people of the platform, for its administrators."))

Email = Annotated[str | None, typer.Option("--email", help=t("Sign in as this person."))]
Code = Annotated[str | None, typer.Option("--code", help=t("Of the second factor, where the account has one."))]
Organization = Annotated[str, typer.Argument(metavar="ORGANIZATION", help=t("Slug or identifier."))]
Person = Annotated[str, typer.Argument(metavar="PERSON", help=t("E-mail or identifier."))]


class Identified(Protocol):
    @property
    def id(self) -> UUID: ...


R = TypeVar("R", bound=Identified)


@contextmanager
def signed_in(email: str | None, code: str | None) -> Iterator[Client]:
    """A session for one command. The password is asked for, or read from TRINE_PASSWORD or a pipe."""
    with Client() as known:
        url, person = known.transport.url, email or known.account.me().user.email
    password = os.environ.get("TRINE_PASSWORD") or ask_password()
    with Client(url, "none") as anonymous:
        token = anonymous.account.login(email=person, password=password, code=code).token
    with Client(url, token) as client:
        try:
            yield client
        finally:
            client.account.logout()


@admin.command("organizations", help=t("Lists organizations."))
def list_organizations(limit: Limit = 50, email: Email = None, code: Code = None, as_json: Json = False) -> None:
    with signed_in(email, code) as client:
        columns = {"slug": lambda row: row.slug, t("name"): lambda row: row.name, "id": lambda row: row.id}
        columns |= {t("created"): lambda row: row.created_at, t("disabled"): lambda row: row.disabled_at}
        print_list(client.administration.organizations(limit=limit), columns, as_json=as_json)


@admin.command("people", help=t("Lists people."))
def list_people(limit: Limit = 50, email: Email = None, code: Code = None, as_json: Json = False) -> None:
    with signed_in(email, code) as client:
        columns = {"e-mail": lambda row: row.email, t("name"): lambda row: row.name, "id": lambda row: row.id}
        columns |= {t("administrator"): lambda row: row.is_platform_admin, t("disabled"): lambda row: row.disabled_at}
        print_list(client.administration.people(limit=limit), columns, as_json=as_json)


@admin.command("organization", help=t("Disables an organization, which stops what it runs, or enables it."))
def set_organization(
    organization: Organization,
    enabled: Annotated[bool, typer.Option("--enable/--disable")],
    email: Email = None,
    code: Code = None,
    as_json: Json = False,
) -> None:
    with signed_in(email, code) as client:
        every = client.administration.organizations()
        meant = _identify(organization, every, lambda row: row.slug, t("organization"))
        changed = client.administration.set_organization(meant, enabled=enabled)
        print_one(changed, {"slug": lambda row: row.slug, t("disabled"): lambda row: row.disabled_at}, as_json=as_json)


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
        print_one(
            changed, {"e-mail": lambda row: row.email, t("disabled"): lambda row: row.disabled_at}, as_json=as_json
        )


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


def _person(client: Client, named: str) -> str:
    return _identify(named, client.administration.people(), lambda row: row.email, t("person"))


def _identify(named: str, every: Iterable[R], name: Callable[[R], str], what: str) -> str:
    """Raises `NotFound`."""
    for each in every:
        if named.lower() in (str(each.id), name(each).lower()):
            return str(each.id)
    raise NotFound(t("There is no {what} {name!r}.", what=what, name=named))
