"""A session for one command: what no key may do, a person who signs in does."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from trine.cli.account import ask_password
from trine.cli.language import t
from trine.client import Client

Email = Annotated[str | None, typer.Option("--email", help=t("Sign in as this person."))]
Code = Annotated[str | None, typer.Option("--code", help=t("Of the second factor, where the account has one."))]


@contextmanager
def signed_in(email: str | None, code: str | None) -> Iterator[Client]:
    """The password is asked for, or read from TRINE_PASSWORD or a pipe."""
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
