from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trine.wire import KEY, Wire


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Wire]:
    """A platform that answers, a home of its own, and a key for it in the environment."""
    server = Wire()
    server.start()
    monkeypatch.setenv("TRINE_URL", server.url)
    monkeypatch.setenv("TRINE_API_KEY", KEY)
    monkeypatch.setenv("TRINE_HOME", str(tmp_path / "home"))
    yield server
    server.stop()
