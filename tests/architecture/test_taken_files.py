"""`docs/notes/artifacts.md` has every way by which a file comes, its kinds and its size (OWASP ASVS 5.0: 5.1.1)."""

import inspect

from app.config import Settings
from app.experiments.media_schemas import TYPES
from app.permission_table import operations
from tests.architecture.source import ROOT

SECTION = (
    (ROOT / "docs/notes/artifacts.md").read_text().partition("## Which files are taken\n")[2].partition("\n## ")[0]
)


def test_every_operation_that_takes_content_is_listed() -> None:
    taking = {name for name, route in operations() if "request.stream()" in inspect.getsource(route.endpoint)}
    assert len(taking) >= 3
    assert {name for name in taking if f"`{name}`" not in SECTION} == set()


def test_each_says_what_where_and_how_much() -> None:
    head, _, *rows = [line.strip("|").split("|") for line in SECTION.splitlines() if line.startswith("|")]
    assert [cell.strip() for cell in head] == ["what", "by", "kinds", "names end in", "at most", "unpacked"]
    assert all(len(row) == len(head) and row[-1].strip() == "never" for row in rows)


def test_kinds_and_sizes_are_those_of_the_code() -> None:
    for kinds in TYPES.values():
        assert " ".join(f"`{kind}`" for kind in kinds) in SECTION
        assert " ".join(f"`{suffix}`" for suffix in kinds.values()) in SECTION
    gibibytes, mebibytes = (
        Settings.model_fields[name].default / unit
        for name, unit in (("max_artifact_bytes", 1024**3), ("inference_body_bytes", 1024**2))
    )
    assert f"{gibibytes:.0f} GiB (`TRINE_MAX_ARTIFACT_BYTES`)" in SECTION
    assert f"{mebibytes:.0f} MiB (`TRINE_INFERENCE_BODY_BYTES`)" in SECTION
