"""Nothing in an answer tells whether a thing of another organization exists: it is that for what nobody has."""

import itertools
import re
import secrets
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from tests.app.test_denial import guarded
from tests.app.test_isolation import QUERIES, one_of_everything
from tests.app.test_permissions import WRITES
from tests.fixtures.auth import Person
from tests.fixtures.scheduling import Desk

NAMES = frozenset({"sha256", "number", "version", "alias", "path", "provider"})
"""Parameters that name no thing of an organization: a digest, numbers that every upload and every model counts from
one, words that everybody may use, and providers."""


def identified(app: FastAPI) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Method, path, and those parameters of the path that identify something; every non-empty choice of them."""
    for method, path in guarded(app):
        named = [name for name in re.findall(r"\{(\w+)\}", path) if name not in NAMES]
        for size in range(1, len(named) + 1):
            for chosen in itertools.combinations(named, size):
                yield method, path, chosen


def of_nobody(things: dict[str, str]) -> dict[str, str]:
    """Of the same form, and as long."""
    service = "s" + secrets.token_hex(4)
    assert len(service) == len(things["name"])
    return {name: str(uuid4()) for name in things} | {"name": service}


async def answer(
    person: Person, method: str, path: str, things: dict[str, str], mine: dict[str, str]
) -> tuple[int, dict[str, str], str]:
    """Status, headers and body, but for the request's id, what is left of its rate and the names that it brought."""
    operation = f"{method} {path.removeprefix('/api/v1')}"
    address = re.sub(r"\{(\w+)\}", lambda match: things[match[1]], path)
    body: Any = WRITES.get(operation)
    if body and body.get("project") == "{project}":
        body = body | {"project": mine["project"]}
    reply = await person.http.request(method, address, json=body, params=QUERIES.get(operation))
    headers = {name: value for name, value in reply.headers.items() if name not in {"x-request-id", "ratelimit"}}
    return reply.status_code, headers, _without(reply, things)


@pytest.mark.parametrize("by", ["id", "slug"])
async def test_what_is_foreign_is_answered_like_what_is_nobodys(
    web_app: FastAPI, ada: Person, bob: Person, desk: Desk, by: str
) -> None:
    theirs, mine = await one_of_everything(ada), await one_of_everything(bob)
    absent = of_nobody(theirs)
    if by == "slug":
        theirs |= {"org": ada.org}
        absent |= {"org": ada.org[:-6] + secrets.token_hex(3)}
    wrong: list[str] = []
    asked = 0
    for method, path, chosen in identified(web_app):
        if by == "slug" and "org" not in chosen:
            continue
        foreign = mine | {name: theirs[name] for name in chosen}
        unknown = mine | {name: absent[name] for name in chosen}
        answers = [await answer(bob, method, path, things, mine) for things in (foreign, unknown)]
        asked += 1
        if answers[0] != answers[1] or answers[0][0] != 404:
            wrong.append(f"{method} {path} {chosen}: {answers}")
    assert wrong == []
    assert asked > (70 if by == "id" else 10)


def _without(reply: httpx.Response, things: dict[str, str]) -> str:
    said = reply.text.replace(reply.headers.get("x-request-id", "no id"), "…")
    for value in sorted(things.values(), key=len, reverse=True):
        said = said.replace(value, "…")
    return said
