import subprocess
import sys

import pytest

HEAVY = {"ray", "torch", "fastapi", "sqlalchemy", "psycopg", "vllm", "app", "deployments", "train", "tune", "sim"}


@pytest.mark.parametrize(
    ("statement", "also"),
    [
        ("import trine", {"httpx", "pydantic", "rich", "typer"}),
        ("from trine import init, Client, AsyncClient", {"typer"}),
        ("import trine.worker, trine.sync, trine.failures", {"typer"}),
        ("import trine.cli.app", set()),
    ],
)
def test_importing_stays_light(statement: str, also: set[str]) -> None:
    program = f"import sys\n{statement}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & (HEAVY | also)
