"""Every repository without its tenant filter: what is left is row-level security, and it hides every foreign row.

What asks the database without a repository of its own is covered by its table, in `test_isolation.py`.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import app
from app.kit.db import CONTROLLER, Database, Scope
from app.kit.orm import Base
from app.kit.repository import Repository
from app.tables import Organization, User
from tests.app.test_isolation import one_of_everything
from tests.fixtures.auth import PASSWORD, Person
from tests.fixtures.scheduling import Desk

SHARED = {"Cluster", "GpuNode", "SchedulingQueue"}
"""Of no organization: everybody may know them."""


def repositories() -> list[type[Repository[Any]]]:
    """All that the control plane has, by importing every module that is named as one."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if "repository" in module.name:
            importlib.import_module(module.name)
    found = {kind for kind in _below(Repository) if getattr(kind, "table", None) is not None}
    return sorted(found, key=lambda kind: f"{kind.__module__}.{kind.__name__}")


def _below(kind: type[Repository[Any]]) -> Iterator[type[Repository[Any]]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


async def unscoped(database: Database, scope: Scope, kind: type[Repository[Any]]) -> list[Base]:
    """What the database gives the repository's own statement, of which the tenant filter was taken away."""
    async with database.session(scope) as session:
        # The transaction is `scope`'s to the database. The repository alone believes that it may see everybody's.
        await session.connection()
        session.info["scope"] = CONTROLLER
        found = [row for deleted in (False, True) for row in await _rows(session, kind, deleted)]
        assert "org_id IN" not in str(kind(session).statement())
        return found


async def _rows(session: Any, kind: type[Repository[Any]], deleted: bool) -> list[Base]:
    return list((await session.scalars(kind(session, deleted=deleted).statement())).all())


def belongs_to(row: Any, person: Person) -> bool:
    """By the column that the policy of its table goes by."""
    if isinstance(row, User):
        return row.id == person.user_id
    if isinstance(row, Organization):
        return row.id == person.org_id
    if hasattr(row, "org_id"):
        return row.org_id == person.org_id
    return bool(row.user_id == person.user_id)


async def test_row_level_security_alone_hides_every_foreign_row_from_every_repository(
    ada: Person, bob: Person, desk: Desk, app_database: Database
) -> None:
    await one_of_everything(ada)
    await ada.post("/auth/second-factor", {"current_password": PASSWORD})
    await desk.turn()
    kinds = repositories()
    tried = nothing_to_hide = 0
    for kind in kinds:
        if kind.table.__name__ in SHARED:
            continue
        tried += 1
        mine = [row for row in await unscoped(app_database, ada.scope, kind) if belongs_to(row, ada)]
        nothing_to_hide += not mine
        for scope in (bob.scope, Scope()):
            foreign = [row for row in await unscoped(app_database, scope, kind) if belongs_to(row, ada)]
            assert foreign == [], (kind.__name__, scope)
    assert tried >= 30
    assert nothing_to_hide <= tried // 3, "almost every repository had something to hide"
