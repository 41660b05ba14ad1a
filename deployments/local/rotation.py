"""New keys for a running platform: `signing_key` and `key_pepper` are read again when their files change."""

import secrets
from collections.abc import Sequence
from pathlib import Path

from deployments.local.errors import LocalError
from deployments.local.home import Home, write_private

ROTATED = ("signing_key", "key_pepper")


def rotate(home: Home, names: Sequence[str] = ROTATED, *, keep: int = 1) -> list[Path]:
    """Each file begins with a new key, and goes on with at most `keep` of those it had; the new key counts at once.

    Raises:
        LocalError: a secret is not there: nothing has been made yet, or they lie elsewhere.
    """
    paths = [home.secrets / name for name in names]
    for path in paths:
        if not path.is_file():
            raise LocalError("keys.missing", path=path)
    for path in paths:
        earlier = [line.strip() for line in path.read_text().splitlines() if line.strip()]
        write_private(path, "\n".join([secrets.token_urlsafe(48), *earlier[:keep]]) + "\n")
    return paths
