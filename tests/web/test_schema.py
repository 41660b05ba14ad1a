"""The typed client is what the routes say."""

import subprocess

from tests.web.visitor import WEB


def test_the_generated_client_is_committed() -> None:
    done = subprocess.run(
        ["node", "scripts/openapi.mjs", "--check"], cwd=WEB, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
