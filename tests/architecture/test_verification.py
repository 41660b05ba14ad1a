"""`docs/notes/asvs.md` is complete, and every test that it names is there."""

import ast
import re
from collections import Counter

from tests.architecture.source import ROOT

LIST = ROOT / "docs/notes/asvs.md"
REQUIREMENTS = 253
"""Of levels 1 and 2 in OWASP ASVS 5.0.0."""
ROW = re.compile(r"^\| ([\d., ]+) \| ([^|]+) \| (\w+|n/a) \| ([^|]+) \|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/.]+\.py)::(\w+)`")
NAMED_OF_THE_PAGE = re.compile(r"`(web/src/[\w/.-]+\.test\.tsx?)::([^`]+)`")
"""Tests of the page have sentences for names."""


def rows() -> list[tuple[list[str], str, str]]:
    """Numbers, verdict, and what shows it or why not."""
    return [
        ([number.strip() for number in numbers.split(",")], verdict, shown)
        for numbers, _, verdict, shown in ROW.findall(LIST.read_text())
    ]


def test_each_requirement_is_judged_once() -> None:
    numbers = Counter(number for found, _, _ in rows() for number in found)
    assert [number for number, times in numbers.items() if times > 1] == []
    assert len(numbers) == REQUIREMENTS
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", number) for number in numbers)


def test_what_counts_as_met_names_a_test_and_what_does_not_a_reason() -> None:
    for numbers, verdict, shown in rows():
        assert verdict in {"met", "n/a", "unmet"}, numbers
        named = NAMED.search(shown) or NAMED_OF_THE_PAGE.search(shown)
        assert bool(named) is (verdict == "met"), numbers
        assert len(shown.strip()) > 5, numbers


def test_every_test_that_is_named_is_there() -> None:
    known: dict[str, set[str]] = {}
    for path, name in set(NAMED.findall(LIST.read_text())):
        if path not in known:
            tree = ast.parse((ROOT / path).read_text())
            functions = (ast.FunctionDef, ast.AsyncFunctionDef)
            known[path] = {node.name for node in tree.body if isinstance(node, functions)}
        assert name in known[path], f"{path}::{name}"
    for path, name in set(NAMED_OF_THE_PAGE.findall(LIST.read_text())):
        assert f'("{name}"' in (ROOT / path).read_text(), f"{path}::{name}"


def test_the_count_is_that_of_the_list() -> None:
    counted = Counter(verdict for numbers, verdict, _ in rows() for _ in numbers)
    said = re.search(r"\*\*(\d+) met, (\d+) unmet, (\d+) not applicable\*\*", LIST.read_text())
    assert said is not None
    assert tuple(map(int, said.groups())) == (counted["met"], counted["unmet"], counted["n/a"])
