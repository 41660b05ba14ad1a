"""Loads what defines fixtures in `tests/fixtures`; the settings of Ray hold before `ray.serve` reads them at import."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]

pytest_plugins = [
    f"tests.fixtures.{path.stem}"
    for path in sorted((ROOT / "tests/fixtures").glob("*.py"))
    if "@pytest.fixture" in path.read_text() or "@pytest_asyncio.fixture" in path.read_text()
]

# Otherwise a run of the tests would report to the platform, or join the cluster, of whoever started it.
for _name in [name for name in os.environ if name.startswith(("TRINE_", "RAY_"))]:
    if _name != "TRINE_TEST_DATABASE_URL":
        del os.environ[_name]

for _line in (ROOT / "deploy/ray.env").read_text().splitlines():
    if _line.startswith("RAY_"):
        _key, _, _value = _line.partition("=")
        os.environ[_key] = _value

# No test may find, or write to, the home of whoever runs it. Short, because sockets live below it.
os.environ["TRINE_HOME"] = tempfile.mkdtemp(prefix="th-")
atexit.register(shutil.rmtree, os.environ["TRINE_HOME"], ignore_errors=True)
