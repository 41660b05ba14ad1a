from pathlib import Path

import pytest

from tests.trine.wire import KEY, Wire, problem
from trine.artifacts import upload
from trine.errors import ValidationFailed
from trine.handle import RunHandle
from trine.run import Run
from trine.transport import Transport


@pytest.fixture
def run(wire: Wire) -> Run:
    return Run.attach(RunHandle(url=wire.url, run_id="r", token=KEY))


def test_a_folder_is_uploaded_once(wire: Wire, run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    (folder / "deep").mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "deep/weights.bin").write_bytes(b"\1" * 2_500_000)
    (folder / "copy.bin").write_bytes(b"\1" * 2_500_000)
    (folder / "empty").write_bytes(b"")
    wire.faults.append(lambda: problem(502, "bad_gateway", "lost"))
    first = run.log_artifact(folder, type="model", metadata={"framework": "transformers"})
    assert wire.artifacts[-1]["id"] == first
    assert [(file["path"], file["size"]) for file in wire.artifacts[-1]["files"]] == [
        ("config.json", 2),
        ("copy.bin", 2_500_000),
        ("deep/weights.bin", 2_500_000),
        ("empty", 0),
    ]
    assert wire.artifacts[-1]["name"] == "model"
    puts = wire.puts
    run.log_artifact(folder / "config.json", name="other")
    assert wire.puts == puts
    run.finish()


def test_progress_ends_at_the_total(wire: Wire, tmp_path: Path) -> None:
    for index in range(6):
        (tmp_path / str(index)).write_bytes(bytes([index]) * 1000)
    heard: list[tuple[int, int]] = []
    transport = Transport(wire.url, KEY)
    upload(transport, "r", tmp_path, name="x", progress=lambda done, total: heard.append((done, total)))
    transport.close()
    assert max(heard) == (6000, 6000)
    assert len(heard) == 6


def test_what_is_missing_or_refused_raises(wire: Wire, run: Run, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="does not exist"):
        run.log_artifact(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match="has no files"):
        run.log_artifact(tmp_path / "empty")
    (tmp_path / "file").write_text("x")
    wire.refusals.append(lambda: problem(404, "not_found", "not stored"))
    wire.refusals.append(lambda: problem(422, "invalid", "too large", errors=[{"field": "size", "message": "max 1"}]))
    with pytest.raises(ValidationFailed) as caught:
        run.log_artifact(tmp_path / "file")
    assert [(each.field, each.message) for each in caught.value.fields] == [("size", "max 1")]
    run.finish()
