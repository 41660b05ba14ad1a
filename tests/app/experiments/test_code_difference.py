import subprocess
from pathlib import Path

import pytest

from app.experiments import code_difference
from app.experiments.code_difference import FileState, difference, patches

FILES = {"train.py": "".join(f"line {n}\n" for n in range(40)), "conf/a b.yaml": "lr: 0.1\n", "gone.py": "x = 1\n"}


def git(repository: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    command = ["git", "-C", str(repository), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet")
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "-m", "first")
    return tmp_path


def patch(repository: Path, **changes: str | None) -> str:
    """As a run captures it, of these texts of files; None: the file is gone."""
    named = {"train": "train.py", "conf": "conf/a b.yaml", "gone": "gone.py", "new": "new.py"}
    for name, text in changes.items():
        path = repository / named[name]
        if text is None:
            path.unlink()
        else:
            path.write_text(text)
    git(repository, "add", "--all")
    told = git(repository, "diff", "HEAD", "--no-color")
    git(repository, "reset", "--quiet", "--hard")
    return told


def test_files_of_a_real_patch(repository: Path) -> None:
    told = patch(repository, train=FILES["train.py"] + "diff --git a/x b/x\n", conf="lr: 1\n", gone=None, new="y = 2\n")
    assert set(patches(told)) == {"train.py", "conf/a b.yaml", "gone.py", "new.py"}
    git(repository, "mv", "gone.py", "here.py")
    (repository / "empty").touch()
    git(repository, "add", "--all")
    assert set(patches(git(repository, "diff", "HEAD"))) == {"here.py", "empty"}


def test_what_differs_between_two_runs(repository: Path) -> None:
    base = patch(repository, train=FILES["train.py"] + "more\n", conf="lr: 1\n", gone=None)
    other = patch(repository, train=FILES["train.py"] + "less\n", conf="lr: 1\n", new="y = 2\n")
    found = {part.path: part for part in difference(base, other)}
    assert {path: part.state for path, part in found.items()} == {
        "train.py": FileState.CHANGED,
        "conf/a b.yaml": FileState.SAME,
        "gone.py": FileState.ONLY_BASE,
        "new.py": FileState.ONLY_OTHER,
    }
    assert found["conf/a b.yaml"].text == ""
    lines = found["train.py"].text.splitlines()
    assert lines[:2] == ["--- base/train.py", "+++ other/train.py"]
    changed = [line for line in lines[2:] if line[:1] in "+-"]
    assert changed == ["-+more", "++less"], "blobs have other names, which says nothing"
    assert "++y = 2" in found["new.py"].text.splitlines()


def test_a_patch_is_the_same_as_itself(repository: Path) -> None:
    told = patch(repository, train="another\n", new="y = 2\n")
    assert {part.state for part in difference(told, told)} == {FileState.SAME}
    assert difference("", "") == []


def test_what_takes_too_long_is_told_whole(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base, other = patch(repository, train="a\nb\n"), patch(repository, train="a\nc\n")
    monkeypatch.setattr(code_difference, "WORK", 0)
    (part,) = difference(base, other)
    lines = part.text.splitlines()
    old, new = patches(base)["train.py"], patches(other)["train.py"]
    assert lines[2] == f"@@ -1,{len(old)} +1,{len(new)} @@"
    assert lines[3:] == [*(f"-{line}" for line in old), *(f"+{line}" for line in new)]


def test_the_worst_text_ends_soon() -> None:
    """Every line is there again and again, and none where the other has it."""
    head = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n"
    base = head + "".join(f"+{n % 97}\n" for n in range(20_000))
    other = head + "".join(f"+{(n * 89) % 97}\n" for n in range(20_000))
    (part,) = difference(base, other)
    assert part.state is FileState.CHANGED
    assert part.text.count("\n") > 20_000
