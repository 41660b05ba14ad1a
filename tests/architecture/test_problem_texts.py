"""What the platform refuses is told in both languages of the page: a sentence for every code."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import app
from app.errors import PlatformError

ROOT = Path(__file__).parents[2]
SENTENCE = re.compile(r'^  "problemCode\.(\w+)":', re.MULTILINE)
ENGINES = "RequestError"
"""What engines refuse: told to the playground as the gateway tells it."""


def _errors(family: type[PlatformError] = PlatformError) -> Iterator[type[PlatformError]]:
    yield family
    for each in family.__subclasses__():
        yield from _errors(each)


@pytest.fixture(scope="module")
def codes() -> set[str]:
    """Of every class of error, and of every place that raises one of them, or answers one, with a code of its own."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if ".migrations." not in module.name:
            importlib.import_module(module.name)
    names = {error.__name__ for error in _errors()} | {ENGINES}
    found = {error.code for error in _errors()}
    for file in (*(ROOT / "app").rglob("*.py"), *(ROOT / "deployments").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                found.update(_said(node, names))
    return found


def _said(call: ast.Call, names: set[str]) -> Iterator[str]:
    called = ast.unparse(call.func).rpartition(".")[2]
    if called in names:
        said = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
    elif called == "problem":
        said = call.args[1:2]
    else:
        said = []
    for value in said:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_code_has_a_sentence(codes: set[str], language: str) -> None:
    told = set(SENTENCE.findall(Path(ROOT, f"web/src/lib/i18n/{language}/problems.ts").read_text()))
    # Given by the gateway in the place of `unauthenticated`, which OpenAI's clients do not know.
    assert told == codes | {"invalid_api_key"}
