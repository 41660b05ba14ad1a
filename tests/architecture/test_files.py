"""What the repository may hold: sizes and names of files, no address in a lock."""

import re
from pathlib import PurePath

from scripts.sizes import too_long
from tests.architecture.source import ROOT, files

BANNED = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}


def test_files_are_short() -> None:
    assert not too_long(ROOT)


def test_names_say_what_is_inside() -> None:
    vague = [name for name in files(".py", ".ts", ".tsx") if BANNED & {part.lower() for part in _words(name)}]
    assert not vague


def test_locks_hold_no_address() -> None:
    locks = [*files(".lock"), *files("package-lock.json")]
    assert "requirements/cpu.lock" in locks
    addressed = [name for name in locks if re.search(r"(https?|file)://", (ROOT / name).read_text())]
    assert not addressed


def test_locks_keep_cuda_builds_out_of_the_cpu_environment() -> None:
    lock = (ROOT / "requirements/cpu.lock").read_text()
    assert re.search(r"^torch==[\d.]+\+cpu ", lock, re.MULTILINE)
    assert not re.search(r"^(torchvision|torchaudio|torchcodec|nvidia-.*)==", lock, re.MULTILINE)


def _words(name: str) -> list[str]:
    path = PurePath(name)
    return [*path.parts[:-1], path.name.partition(".")[0]]
