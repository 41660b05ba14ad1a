from pathlib import Path

import pytest

from deployments.local import preflight
from deployments.local.errors import LocalError


def test_too_little_memory_says_how_much_and_who_holds_it() -> None:
    with pytest.raises(LocalError, match=r"Only 1\.0 GiB of memory is free and 3\.0 GiB is needed.*pid \d+"):
        preflight.check_memory(preflight.GIB)


def test_too_little_disk_says_where(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match=r"of disk is free below .*TRINE_HOME"):
        preflight.check_disk(tmp_path, needed=2**60)


@pytest.mark.parametrize(
    ("files", "left"),
    [
        ({"memory.max": "4000", "memory.current": "3000", "memory.stat": "anon 1\ninactive_file 500\n"}, 1500),
        (
            {
                "memory/memory.limit_in_bytes": "4000",
                "memory/memory.usage_in_bytes": "3500",
                "memory/memory.stat": "inactive_file 7\ntotal_inactive_file 100\n",
            },
            600,
        ),
    ],
    ids=["cgroup-2", "cgroup-1"],
)
def test_a_containers_limit_counts(tmp_path: Path, files: dict[str, str], left: int) -> None:
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    assert preflight.available_memory(tmp_path) == left


def test_without_a_container_the_machine_counts(tmp_path: Path) -> None:
    assert preflight.available_memory(tmp_path) > 0
