"""`docs/notes/rules.md` is what the code checks (OWASP ASVS 5.0: 2.1.1, 2.1.2, 2.1.3)."""

from app.rule_table import render
from tests.architecture.source import ROOT

NOTE = (ROOT / "docs/notes/rules.md").read_text()


def section(title: str) -> str:
    return NOTE.partition(f"## {title}")[2].partition("\n## ")[0]


def test_it_is_what_the_code_says() -> None:
    assert render() == NOTE, "run `python -m app.rule_table > docs/notes/rules.md`"


def test_single_values() -> None:
    rules = section("Single values")
    assert (
        "| Registration | **email** string format `email`; **password** string minLength `12` maxLength `256`" in rules
    )
    assert "| LogChunk | stream one of `stdout`, `stderr`" in rules, "what a body refers to"
    assert "| `limit` | integer ≥ 1 ≤ " in rules


def test_values_together() -> None:
    rules = section("Values that must fit each other")
    for path in ("app/scheduler/", "app/accounts/strength.py", "trine/specs/training.py", "trine/specs/tuning.py"):
        assert f"`{path}" in rules, path


def test_limits() -> None:
    limits = section("Limits")
    for known in ("members of an organization | 10,000", "`TRINE_INFERENCE_KEY_RATE` | 100/second"):
        assert known in limits, known
