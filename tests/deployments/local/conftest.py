import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from deployments.local.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path / "home")
    made.create()
    yield made
    # What pytest keeps for a look stays; what a long path has sent elsewhere does not.
    for folder in (made.ray.parent, made.haproxy.parent):
        if folder != made.root:
            shutil.rmtree(folder, ignore_errors=True)
