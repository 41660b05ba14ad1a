"""Loads every fixture module of `tests/fixtures`; the settings of Ray hold before `ray.serve` reads them at import."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[1]

pytest_plugins = [
    f"tests.fixtures.{path.stem}" for path in sorted((ROOT / "tests/fixtures").glob("*.py")) if path.stem != "__init__"
]

# Otherwise a run of the tests would report to the platform, or join the cluster, of whoever started it.
for _name in [name for name in os.environ if name.startswith(("TRINE_", "RAY_"))]:
    if _name != "TRINE_TEST_DATABASE_URL":
        del os.environ[_name]

os.environ.update(
    line.split("=", 1)
    for line in (ROOT / "deploy/ray.env").read_text().splitlines()
    if line and not line.startswith("#")
)
