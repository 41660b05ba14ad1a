"""Each kind of line has one home (the table of DESIGN): small lints over the syntax trees."""

import ast
from collections.abc import Iterator
from pathlib import PurePath

from tests.architecture.source import modules

STATEMENTS = {"select", "insert", "update", "delete"}
LIFECYCLE = "app/scheduler/lifecycle.py"


def test_statements_stand_in_repositories() -> None:
    strays = [f"{name}:{line}" for name, tree in modules("app") if not _may_query(name) for line in _statements(tree)]
    assert not strays, "move the query to the repository of its slice"


def test_services_never_commit() -> None:
    commits = [
        f"{name}:{node.lineno}"
        for name, tree in modules("app")
        if PurePath(name).name in {"service.py", "routes.py", "repository.py"}
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _called(node) == "commit"
    ]
    assert not commits, "the session dependency commits; a service flushes"


def test_status_of_workloads_is_written_in_one_place() -> None:
    writes = [
        f"{name}:{line}" for name, tree in modules("app") if name != LIFECYCLE for line in _workload_status_writes(tree)
    ]
    assert not writes, f"only {LIFECYCLE} changes the status of a workload"


def _may_query(name: str) -> bool:
    path = PurePath(name)
    return (
        path.stem.endswith("repository")
        or name == "app/experiments/ingest.py"
        or name.startswith(("app/migrations/", "app/kit/", "app/tables/"))
    )


def _statements(tree: ast.Module) -> Iterator[int]:
    """Lines that build a statement by a name that comes from SQLAlchemy."""
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for alias in node.names
        if alias.name in STATEMENTS
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in STATEMENTS:
            bare = isinstance(node.func, ast.Name) and node.func.id in imported
            qualified = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) in {"sa", "sqlalchemy"}
            if bare or qualified:
                yield node.lineno


def _workload_status_writes(tree: ast.Module) -> Iterator[int]:
    """Lines like `workload.status = …` and `update(Workload)….values(status=…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(_is_workload_status(target) for target in node.targets):
            yield node.lineno
        if isinstance(node, ast.Call) and _called(node) == "values" and "update(Workload)" in ast.unparse(node.func):
            yield from (node.lineno for keyword in node.keywords if keyword.arg == "status")


def _is_workload_status(target: ast.expr) -> bool:
    is_status = isinstance(target, ast.Attribute) and target.attr == "status"
    return is_status and "workload" in ast.unparse(target).lower()


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
