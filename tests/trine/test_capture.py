import json
import subprocess
from pathlib import Path

import pytest

import trine
from tests.trine.wire import Wire
from trine import capture

TOKEN = "hf_" + "a" * 34


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "code"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "ada@example.org")
    (folder / "train.py").write_text("rate = 0.1\n")
    (folder / ".env").write_text("KEY=1\n")
    (folder / ".gitignore").write_text("ignored.txt\n")
    git("init", "--quiet", "--initial-branch=work")
    git("add", ".")
    git("commit", "--quiet", "--message", "first")
    git("remote", "add", "origin", "https://ada:sesame@example.org/code.git")
    return folder


def git(*words: str) -> str:
    return subprocess.run(["git", *words], check=True, capture_output=True, text=True).stdout.strip()


def files() -> dict[str, str]:
    upload = capture.environment_upload()
    assert (upload.place, upload.body["type"]) == ("artifacts", "environment")
    contents = {sha256: bytes(content) for sha256, content in upload.contents.items() if isinstance(content, bytes)}
    return {entry["path"]: contents[entry["sha256"]].decode() for entry in upload.body["files"]}


def test_code_as_it_was(repository: Path) -> None:
    (repository / "train.py").write_text(f"rate = 0.2\ntoken = '{TOKEN}'\n")
    (repository / ".env").write_text("KEY=very-secret\n")
    (repository / "ignored.txt").write_text("ignored")
    (repository / "new.py").write_text("new")
    found = files()
    assert "+rate = 0.2" in found["git.diff"]
    assert TOKEN not in found["git.diff"]
    assert "very-secret" not in found["git.diff"]
    told = json.loads(found["environment.json"])["git"]
    assert told == {
        "commit": git("rev-parse", "HEAD"),
        "branch": "work",
        "remote": "https://[removed]@example.org/code.git",
        "dirty": True,
        "untracked": ["new.py"],
    }
    assert capture.facts()["git.branch"] == "work"


def test_code_that_is_its_commit_has_no_diff(repository: Path) -> None:
    found = files()
    assert "git.diff" not in found
    assert json.loads(found["environment.json"])["git"]["dirty"] is False


def test_a_large_difference_is_cut_off(repository: Path) -> None:
    (repository / "train.py").write_text("x = 1\n" * 400_000)
    diff = files()["git.diff"]
    assert len(diff) < capture.MAX_DIFF + 100
    assert diff.endswith(f"# Cut off here: there are more than {capture.MAX_DIFF} bytes.\n")


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert json.loads(files()["environment.json"])["git"] is None
    assert "git.commit" not in capture.facts()


def test_a_repository_without_a_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    assert "git.commit" not in capture.facts()


def test_of_the_environment_only_what_is_listed(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    monkeypatch.setenv("MY_API_KEY", "very-secret")
    found = files()["environment.json"]
    assert json.loads(found)["variables"]["CUDA_VISIBLE_DEVICES"] == "0,1"
    assert "very-secret" not in found
    assert json.loads(found)["cpus"] >= 1
    assert any(line.startswith("pytest==") for line in files()["packages.txt"].splitlines())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["train.py", "--lr", "0.1"], ["train.py", "--lr", "0.1"]),
        (["train.py", "--api-key", "x", "--lr", "1"], ["train.py", "--api-key", "[removed]", "--lr", "1"]),
        (["train.py", "--hf_token=x"], ["train.py", "--hf_token=[removed]"]),
        (["train.py", "password=x", "lr=1"], ["train.py", "password=[removed]", "lr=1"]),
        (["train.py", "--use-auth", "--lr", "1"], ["train.py", "--use-auth", "--lr", "1"]),
        (["train.py", f"--x={TOKEN}"], ["train.py", "--x=[removed]"]),
        (["train.py", "s3://me:pass@host/x"], ["train.py", "s3://[removed]@host/x"]),
    ],
)
def test_a_command_without_its_secrets(words: list[str], told: list[str]) -> None:
    assert capture.without_secrets(words) == told


def test_a_run_has_it_as_an_artifact(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    trine.init().finish()
    assert [(each["name"], each["type"]) for each in wire.artifacts] == [("environment", "environment")]
    wire.artifacts.clear()
    monkeypatch.setenv("TRINE_CAPTURE", "off")
    trine.init().finish()
    assert wire.artifacts == []
