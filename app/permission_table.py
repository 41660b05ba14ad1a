"""Prints the table of permissions from the code: `python -m app.permission_table > docs/notes/permissions.md`."""

import sys
from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app.auth.permissions import ALLOWED, COVERED, MEANING, Action, KeyScope, Role, allows
from app.deps import JobMay, May, reporter
from app.inference.gateway_app import build_gateway
from app.main import build_app
from app.route import Route

PEOPLE = (Role.OWNER, Role.ADMIN, Role.MEMBER, Role.VIEWER)
HEAD = """# Permissions

Written by `python -m app.permission_table` from `app/auth/permissions.py` and the routes; a test compares. Do not edit.

A route names its action in its signature (`app/deps.py`). The service that finds the thing then asks whether the role
in the thing's organization has the action: 403 where it has not, 404 where the thing is of another organization or is
not there. What is not in a table is denied. Nobody gives a role above their own, or touches one; an organization keeps
an owner.
"""

IN_PROJECTS = """## Roles in one project

Owners and admins of the organization keep their role in every project. Everybody else, service accounts too, has in a
project the role that it gives them: `admin`, `member` or `viewer`, which may be more or less than in the organization,
and never `owner`. Without one the role of the organization holds; where the project is private, it is not there (404).
An `admin` of a project gives roles in that project, none above their own, and manages nothing else of the
organization."""


def actions(dependant: Dependant) -> set[Action]:
    """Those that a route's signature names."""
    found = {dependant.call.action} if isinstance(dependant.call, May | JobMay) else set()
    return found.union(*(actions(inner) for inner in dependant.dependencies))


def is_open(dependant: Dependant) -> bool:
    """Whether no credential is asked for."""
    return dependant.call is not reporter and all(is_open(inner) for inner in dependant.dependencies)


def operations() -> Iterator[tuple[str, APIRoute]]:
    """`GET /api/v1/orgs` and its route, in the order of the paths."""
    found = [
        (f"{method} {route.path}", route)
        for app in (build_app(), build_gateway(prefix="/v1"))
        for route in _routes(app)
        for method in route.methods or ()
    ]
    yield from sorted(found, key=lambda each: (each[1].path, each[0]))


def render() -> str:
    lines = [HEAD, *_grid("Roles", "action", PEOPLE, Role.WORKER, Role.ADMINISTRATOR)]
    lines += ["", "`worker` is the token of a job: it reports to its own runs and reaches nothing else."]
    lines += ["`administrator` is the platform's, signed in and not by a key; to others its routes answer 404.", ""]
    lines += [IN_PROJECTS, ""]
    lines += ["## Scopes of an API key", ""]
    lines += ["They narrow the role of the key's owner. A key without scopes may do what its owner may.", ""]
    lines += ["| scope | leaves |", "|---|---|"]
    lines += [
        f"| {scope} | {', '.join(action for action in Action if action in COVERED[scope])} |" for scope in KeyScope
    ]
    lines += ["", "## Operations", ""]
    named = [(name, route, actions(route.dependant)) for name, route in operations()]
    for action in Action:
        lines += [f"### {action}", "", *(f"- `{name}`" for name, _, found in named if action in found), ""]
    of_oneself = [name for name, route, found in named if not found and not is_open(route.dependant)]
    lines += ["### Everybody who is signed in", "", *(f"- `{name}`" for name in of_oneself), ""]
    without = [name for name, route, found in named if not found and is_open(route.dependant)]
    lines += ["### Without a credential", "", *(f"- `{name}`" for name in without)]
    return "\n".join(lines) + "\n"


def _grid(title: str, corner: str, roles: tuple[Role, ...], *more: Role) -> Iterator[str]:
    columns = (*roles, *more)
    yield from (f"## {title}", "", f"| {corner} | what | {' | '.join(columns)} |", "|---|---|" + "---|" * len(columns))
    for action in ALLOWED:
        cells = " | ".join("yes" if allows(role, action) else "" for role in columns)
        yield f"| {action} | {MEANING[action]} | {cells} |"


def _routes(app: FastAPI) -> Iterator[APIRoute]:
    """Those that OpenAPI describes, and those of MLflow's protocol, which describes itself."""
    routes = (route for route in app.routes if isinstance(route, APIRoute))
    return (route for route in routes if route.include_in_schema or isinstance(route, Route))


def main() -> None:
    sys.stdout.write(render())


if __name__ == "__main__":
    main()
