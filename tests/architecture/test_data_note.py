"""`docs/notes/data.md` classes every column, and secrets are what it says (OWASP ASVS 5.0: 14.1.1, 14.1.2, 14.2.4)."""

import re
from collections.abc import Iterator

import app.tables  # noqa: F401
from app.kit.orm import Base
from app.main import build_app
from tests.architecture.source import ROOT

NOTE = (ROOT / "docs/notes/data.md").read_text()
CLASSES = ("secret", "person", "organization", "platform")
ASKED = (
    "who reads it",
    "who writes it",
    "kept apart by",
    "stored as",
    "on its way",
    "in logs",
    "in answers",
    "in backups",
    "kept",
)
SHOWN_ONCE = {"secret"}
"""Of a webhook or a second factor, to who has just made it."""
LOOKS_SECRET = re.compile(r"_hash$|^sealed_|secret|password(?!_expires_at)|nonce|verifier|pepper|private_key")
NO_SECRET = {("clusters", "token_secret"), ("organizations", "requires_second_factor")}
"""The name of a file."""


def table(title: str, columns: int) -> Iterator[list[str]]:
    """The rows of a section, without their head."""
    section = NOTE.partition(f"## {title}\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    assert {len(row) for row in rows} == {columns}
    yield from ([cell.strip() for cell in row] for row in rows[2:])


def classed() -> dict[tuple[str, str], list[str]]:
    """Table and column → the classes that it is in."""
    found: dict[tuple[str, str], list[str]] = {}
    for name, *cells in table("Tables", 5):
        for kind, cell in zip(CLASSES, cells, strict=True):
            for column in cell.split():
                found.setdefault((name, column), []).append(kind)
    return found


def test_every_column_is_in_one_class() -> None:
    there = {(name, column.name) for name, each in Base.metadata.tables.items() for column in each.columns}
    told = classed()
    assert there - set(told) == set(), "say in docs/notes/data.md what they are"
    assert set(told) - there == set(), "they are there no longer"
    assert {column: kinds for column, kinds in told.items() if len(kinds) > 1} == {}


def test_each_class_says_all_that_is_asked() -> None:
    rows = {name: cells for name, *cells in table("What each class asks for", 5)}
    assert tuple(rows) == ASKED
    assert all(cell for cells in rows.values() for cell in cells)


def test_what_looks_like_a_secret_is_classed_as_one() -> None:
    told = classed()
    for (name, column), (kind, *_) in told.items():
        if LOOKS_SECRET.search(column) and (name, column) not in NO_SECRET:
            assert kind == "secret", f"{name}.{column}"


def test_no_answer_has_a_field_of_a_stored_secret() -> None:
    secrets = {column for (_, column), (kind, *_) in classed().items() if kind == "secret"}
    description = build_app().openapi()
    answered = {
        field
        for operations in description["paths"].values()
        for operation in operations.values()
        for reply in operation["responses"].values()
        for field in fields(description["components"]["schemas"], reply, set())
    }
    assert {"id", "email"} <= answered
    assert answered & secrets == SHOWN_ONCE


def fields(schemas: dict[str, object], node: object, seen: set[str]) -> Iterator[str]:
    """Names of properties in what an answer is described as."""
    if isinstance(node, list):
        for each in node:
            yield from fields(schemas, each, seen)
    if not isinstance(node, dict):
        return
    name = str(node.get("$ref", "")).rpartition("/")[2]
    if name in schemas and name not in seen:
        seen.add(name)
        yield from fields(schemas, schemas[name], seen)
    if isinstance(node.get("properties"), dict):
        yield from node["properties"]
    for each in node.values():
        yield from fields(schemas, each, seen)
