import io
import json
from pathlib import Path
from typing import Any

import matplotlib.figure
import numpy
import pandas
import pyarrow
import pytest
import torch
from PIL import Image

from tests.trine.wire import Wire, problem
from trine import media
from trine.handle import RunHandle
from trine.run import Run
from trine.sync import sync
from trine.transport import Transport


@pytest.fixture
def run(wire: Wire) -> Run:
    return Run.attach(RunHandle(url=wire.url, run_id="r", token=wire.token, attempt=3))


def picture_of(value: Any) -> Image.Image:
    content = media.image(value).encode()
    assert content.media_type == "image/png"
    return Image.open(io.BytesIO(content.data))


def rows_of(*data: Any, **named: Any) -> tuple[list[str], list[list[Any]]]:
    found = json.loads(media.table(*data, **named).encode().data)
    return found["columns"], found["rows"]


def test_what_was_logged_arrives_with_its_content(wire: Wire, run: Run) -> None:
    run.log({"loss": 1.0}, step=7)
    run.log_image("val/sample", numpy.zeros((4, 6), dtype=numpy.uint8), caption="black")
    run.log_table("errors", [{"a": 1, "b": None}], step=3)
    run.log_text("said", "早上好", step=9)
    assert run.flush()
    run.finish()
    found = {entry["key"]: entry for entry in wire.media}
    assert {key: (entry["kind"], entry["step"], entry["attempt"]) for key, entry in found.items()} == {
        "val/sample": ("image", 7, 3),
        "errors": ("table", 3, 3),
        "said": ("text", 9, 3),
    }
    assert found["val/sample"]["attributes"] == {"width": 6, "height": 4, "caption": "black"}
    assert wire.blobs[found["said"]["sha256"]].decode() == "早上好"
    assert json.loads(wire.blobs[found["errors"]["sha256"]]) == {"columns": ["a", "b"], "rows": [[1, None]]}


def test_a_value_is_taken_when_it_is_logged(wire: Wire, run: Run) -> None:
    array = numpy.zeros((2, 2, 3), dtype=numpy.uint8)
    row = {"a": 1}
    run.log_image("i", array)
    run.log_table("t", [row])
    array[:] = 255
    row["a"] = 2
    run.finish()
    contents = {entry["key"]: wire.blobs[entry["sha256"]] for entry in wire.media}
    assert Image.open(io.BytesIO(contents["i"])).getpixel((0, 0)) == (0, 0, 0)
    assert json.loads(contents["t"])["rows"] == [[1]]


def test_what_cannot_be_shown_never_raises_and_is_counted(
    wire: Wire, run: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run.log_image("missing", tmp_path / "nowhere.png")
    run.log_image("shape", numpy.zeros((2, 2, 2, 2)))
    run.log_image("bytes", b"<svg onload=alert(1)>")
    run.log_image("", numpy.zeros((2, 2)))
    run.log_table("ragged", columns=["a"], rows=[[1, 2]])
    run.log_table("nothing", 5)
    run.log_text("late", "x", step="soon")  # type: ignore[arg-type]
    run.log({"loss": 1.0}, step=0)
    run.finish()
    assert wire.media == []
    assert wire.points("r") == {"loss": [(0, 1.0)]}
    assert run.dropped_uploads == 3, "found when they are encoded"
    assert "Not logged" in caplog.text


def test_while_the_platform_is_away_they_wait_on_disk_and_sync_sends_them_once(wire: Wire, run: Run) -> None:
    wire.stop()
    run.log_image("i", numpy.zeros((300, 300, 3)), step=1)
    run.log_text("t", "text", step=1)
    run.finish(timeout=0.5)
    wire.start()
    wire.faults.append(lambda: problem(502, "bad_gateway", "arrived, and the answer was lost"))
    transport = Transport(wire.url, wire.token)
    assert [(each.state, each.sent) for each in sync(transport)] == [("sent", 2)]
    assert list(sync(transport)) == []
    transport.close()
    assert sorted(entry["key"] for entry in wire.media) == ["i", "t"]


def test_one_that_is_refused_does_not_hold_up_the_next(wire: Wire, run: Run) -> None:
    wire.refusals.append(lambda: problem(422, "over_quota", "no room"))
    run.log_text("first", "1", step=0)
    run.log_text("second", "2", step=0)
    run.finish()
    assert [entry["key"] for entry in wire.media] == ["second"]
    assert run.dropped_uploads == 1


def test_more_than_memory_may_hold_is_dropped_and_counted(
    wire: Wire, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trine.sender.MAX_PENDING", 10_000)
    wire.stop()
    for number in range(50):
        run.log_text("t", str(number) * 5000, step=number)
    assert run.dropped_uploads > 0
    run.finish(timeout=0.2)
    wire.start()


@pytest.mark.parametrize(
    ("value", "size", "corner"),
    [
        (numpy.full((2, 3), 0.5), (3, 2), 128),
        (numpy.full((2, 3, 1), 300, dtype=numpy.int64), (3, 2), 255),
        (numpy.full((2, 3), True), (3, 2), 255),
        (numpy.full((2, 3, 3), numpy.nan), (3, 2), (0, 0, 0)),
        (numpy.ones((2, 3, 4), dtype=numpy.float32), (3, 2), (255, 255, 255, 255)),
        (torch.ones(3, 5, 7), (7, 5), (255, 255, 255)),
        (Image.new("CMYK", (3, 2)), (3, 2), (255, 255, 255)),
        (Image.new("L", (3, 2), 9), (3, 2), 9),
    ],
)
def test_images(value: Any, size: tuple[int, int], corner: Any) -> None:
    picture = picture_of(value)
    assert picture.size == size
    assert picture.getpixel((0, 0)) == corner


def test_files_and_their_bytes_stay_as_they_are(tmp_path: Path) -> None:
    for kind in ("PNG", "JPEG", "GIF", "WEBP"):
        path = tmp_path / f"x.{kind}"
        Image.new("RGB", (3, 2)).save(path, format=kind)
        content = media.image(path).encode()
        assert (content.media_type, content.data) == (f"image/{kind.lower()}", path.read_bytes())
        assert media.image(path.read_bytes()).encode() == content


def test_a_figure_is_drawn(tmp_path: Path) -> None:
    figure = matplotlib.figure.Figure(figsize=(2, 1))
    figure.subplots().plot([1, 2])
    assert picture_of(figure).size == (200, 100)


def test_tables() -> None:
    expected = (["a", "b"], [[1, "x"], [2, "NaN"]])
    columns = {"a": [1, 2], "b": ["x", float("nan")]}
    assert rows_of([{"a": 1, "b": "x"}, {"a": 2, "b": float("nan")}]) == expected
    assert rows_of(columns) == expected
    assert rows_of(columns=["a", "b"], rows=[(1, "x"), (2, float("nan"))]) == expected
    assert rows_of(pandas.DataFrame(columns)) == expected
    assert rows_of(pyarrow.table({"a": [1, 2], "b": ["x", None]})) == (["a", "b"], [[1, "x"], [2, None]])
    assert rows_of([{"a": numpy.int64(1)}, {"b": numpy.array([1.5, 2])}]) == (["a", "b"], [[1, None], [None, [1.5, 2]]])
    assert rows_of([]) == ([], [])
    with pytest.raises(ValueError, match="equally long"):
        rows_of({"a": [1], "b": []})
