from pathlib import Path

import pytest

from app.config import Settings
from app.kit.keyfile import KeyFile, parse
from deployments.local.home import write_private


def test_the_first_line_is_the_current_key() -> None:
    assert parse("new\n old \n\n") == (b"new", b"old")


def read(held: KeyFile) -> list[bytes]:
    return list(held.keys)


def test_a_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "pepper"
    write_private(path, "one")
    held = KeyFile(path)
    assert read(held) == [b"one"]
    write_private(path, "two\none")
    assert read(held) == [b"two", b"one"]
    path.write_text("six\none")
    assert read(held) == [b"six", b"one"], "also where it is written over"


def test_a_file_that_goes_away_leaves_what_was_known(tmp_path: Path) -> None:
    path = tmp_path / "pepper"
    write_private(path, "one")
    held = KeyFile(path)
    assert read(held) == [b"one"]
    path.unlink()
    assert read(held) == [b"one"]
    path.write_text("\n")
    assert read(held) == [b"one"]
    write_private(path, "two")
    assert read(held) == [b"two"]


@pytest.mark.parametrize("content", [None, "", " \n"])
def test_without_a_key_the_error_names_the_file(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "pepper"
    if content is not None:
        path.write_text(content)
    with pytest.raises(RuntimeError, match=f"secret 'pepper' cannot be read from {path}"):
        _ = KeyFile(path).keys


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_private(tmp_path / "signing_key", "from the file")
    monkeypatch.setenv("TRINE_KEY_PEPPER", "new\nold")
    settings = Settings(secrets_dir=tmp_path)
    assert (settings.key_pepper, settings.key_peppers) == (b"new", (b"new", b"old"))
    assert settings.signing_key == b"from the file"
    assert "old" not in repr(settings)
