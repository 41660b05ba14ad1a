"""Prints what input is checked for, from the code: `python -m app.rule_table > docs/notes/rules.md`."""

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.bounds import MOST
from app.config import Settings
from app.errors import PlatformError
from app.main import build_app

ROOT = Path(__file__).parents[1]
TELL_A_RULE = {409, 412, 413, 422}
VALIDATED = 422
"""What a `ValueError` becomes where a schema is validated."""
NAMED = ("pattern", "format", "const", "minLength", "maxLength", "minItems", "maxItems", "minProperties")
BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
HEAD = """# What input is checked for

Written by `python -m app.rule_table` from the schemas, the services and the settings; a test compares. Do not edit.

Everything is checked by the server, before anything is written. What breaks a rule of a single value, or of values
together, is answered with 422 and the field; what does not go with the state of things with 409.
"""
SINGLE = """## Single values

Of every body that the API takes; fields that are not listed are refused, or left unread where a protocol of others
asks for that. **Bold**: must be there. Numbers, texts and booleans are not taken for each other."""
TOGETHER = """## Values that must fit each other, and the state of things

Each sentence is the one that the answer says; `{…}` is filled in."""
LIMITS = """## Limits

Per platform unless they say of whom. An operator changes settings in the environment; what an organization, a project
or a person may use is its quota (`PUT /api/v1/orgs/{org}/quota`, [scheduler](scheduler.md))."""


def render() -> str:
    lines = [HEAD, SINGLE, "", *_single(build_app().openapi())]
    lines += [TOGETHER, "", "| where | status | rule |", "|---|---|---|", *_together()]
    lines += ["", LIMITS, "", "| of | at most |", "|---|---|"]
    lines += [f"| {listed} | {most:,} |" for listed, most in MOST.items()]
    lines += ["", "| setting | default | what |", "|---|---|---|", *_settings()]
    return "\n".join(lines) + "\n"


def _single(description: Mapping[str, Any]) -> Iterator[str]:
    schemas = description["components"]["schemas"]
    taken: set[str] = set()
    waiting = [found for operation in _operations(description) for found in _named(operation.get("requestBody", {}))]
    while waiting:
        name = waiting.pop()
        if name not in taken:
            taken.add(name)
            waiting += _named(schemas[name])
    yield from ("| body | fields |", "|---|---|")
    for name in sorted(taken):
        schema = schemas[name]
        required = set(schema.get("required", ()))
        fields = [
            f"**{field}** {_rule(rule)}" if field in required else f"{field} {_rule(rule)}"
            for field, rule in schema.get("properties", {}).items()
        ]
        yield f"| {name} | {_cell('; '.join(fields) or _rule(schema))} |"
    yield from ("", "| in the address | rule |", "|---|---|")
    rules = {
        f"`{parameter['name']}`: {_rule(parameter['schema'])}"
        for operation in _operations(description)
        for parameter in operation.get("parameters", ())
        if parameter["in"] in {"query", "path"}
    }
    yield from (
        f"| {_cell(name)} | {_cell(rule)} |" for name, _, rule in (each.partition(": ") for each in sorted(rules))
    )
    yield ""


def _operations(description: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for operations in description["paths"].values():
        yield from operations.values()


def _named(schema: object) -> list[str]:
    """Schemas that one refers to."""
    if isinstance(schema, Mapping):
        found = [schema["$ref"].rpartition("/")[2]] if isinstance(schema.get("$ref"), str) else []
        return found + [name for value in schema.values() for name in _named(value)]
    return [name for value in schema for name in _named(value)] if isinstance(schema, list) else []


def _rule(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(_rule(each) for each in schema[several])
    if "enum" in schema:
        return "one of " + ", ".join(f"`{value}`" for value in schema["enum"])
    said = [str(schema.get("type", "anything"))]
    said += [f"{name} `{schema[name]}`" for name in NAMED if name in schema]
    said += [f"{sign} {schema[name]}" for name, sign in BOUNDS.items() if name in schema]
    if "items" in schema:
        said.append(f"of {_rule(schema['items'])}")
    if isinstance(schema.get("additionalProperties"), Mapping):
        said.append(f"of {_rule(schema['additionalProperties'])}")
    return " ".join(said)


def _statuses(family: type[PlatformError] = PlatformError) -> Iterator[tuple[str, int]]:
    """Of every refusal that tells a rule; those are there whose modules the application imports."""
    if family.status in TELL_A_RULE:
        yield family.__name__, family.status
    for each in family.__subclasses__():
        yield from _statuses(each)


def _together() -> Iterator[str]:
    statuses = dict(_statuses())
    for path in sorted([*(ROOT / "app").rglob("*.py"), *(ROOT / "trine/specs").rglob("*.py")]):
        tree = ast.parse(path.read_text())
        said = {
            (statuses[name], text)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and (name := ast.unparse(node.func)) in statuses
            for text in [_text(node)]
        }
        said |= {
            (statuses[family.name], _text(node))
            for family in ast.walk(tree)
            if isinstance(family, ast.ClassDef) and family.name in statuses
            for node in ast.walk(family)
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "super().__init__"
        }
        said |= {(VALIDATED, text) for function in _validators(tree) for text in _wrong(function)}
        for status, text in sorted(each for each in said if each[1]):
            yield f"| `{path.relative_to(ROOT)}` | {status} | {_cell(text)} |"


def _validators(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Functions that check what a schema takes: decorated, or named in the type of a field."""
    named = {
        ast.unparse(node.args[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"AfterValidator", "BeforeValidator"}
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and (
            node.name in named or any("validator" in ast.unparse(each) for each in node.decorator_list)
        ):
            yield node


def _wrong(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "ValueError":
            yield _text(node)


def _text(call: ast.Call) -> str:
    """What it says, as it is written; empty where that is put together elsewhere."""
    node = call.args[0] if call.args else None
    if isinstance(node, ast.Constant):
        return str(node.value)
    if not isinstance(node, ast.JoinedStr):
        return ""
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else "{" + ast.unparse(part.value) + "}"  # type: ignore[attr-defined]
        for part in node.values
    )


def _settings() -> Iterator[str]:
    """Numbers and rates; their meaning is what the class says below them."""
    tree = ast.parse((ROOT / "app/config.py").read_text())
    (settings,) = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings"]
    told: dict[str, str] = {}
    for before, node in zip(settings.body, settings.body[1:], strict=False):
        if isinstance(before, ast.AnnAssign) and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            told[ast.unparse(before.target)] = " ".join(str(node.value.value).split())
    for name, field in Settings.model_fields.items():
        counts = isinstance(field.default, int | float) or str(field.default).partition("/")[0].isdecimal()
        if counts or name.endswith("_days"):
            yield f"| `TRINE_{name.upper()}` | {field.default} | {_cell(told.get(name, ''))} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(render())
