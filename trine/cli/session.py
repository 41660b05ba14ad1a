"""A session for one command: what no key may do, a person who signs in does."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from trine.cli.language import t
from trine.client import Client
from trine.records.accounts import SignedIn

Email = Annotated[str | None, typer.Option("--email", help=t("Sign in as this person."))]
Code = Annotated[str | None, typer.Option("--code", help=t("Of the second factor, where the account has one."))]


def sign_in(url: str, email: str, code: str | None) -> SignedIn:
    """The password is asked for, or read from TRINE_PASSWORD or a pipe."""
    password = os.environ.get("TRINE_PASSWORD") or _ask_password()
    with Client(url, "none") as anonymous:
        return anonymous.account.login(email=email, password=password, code=code)


@contextmanager
def signed_in(email: str | None, code: str | None) -> Iterator[Client]:
    with Client() as known:
        url, person = known.transport.url, email or known.account.me().user.email
    with Client(url, sign_in(url, person, code).token) as client:
        try:
            yield client
        finally:
            client.account.logout()


def _ask_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    asked: str = typer.prompt(t("Password"), hide_input=True, err=True)
    return asked
