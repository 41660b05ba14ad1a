"""Fails when a source file is longer than the house allows: Python 500 lines, web 250; generated files do not count."""

import subprocess
import sys
from pathlib import Path

LIMITS = {".py": 500, ".ts": 250, ".tsx": 250, ".css": 250}
GENERATED = ("app/migrations/versions/", "web/src/lib/api/schema.d.ts")


def too_long(root: Path) -> list[str]:
    """Returns one line for every file over its limit; takes the files that git tracks or would."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.splitlines()
    return [problem for name in sorted(set(names)) if (problem := _problem(root, name))]


def _problem(root: Path, name: str) -> str | None:
    limit = LIMITS.get(Path(name).suffix)
    if limit is None or name.startswith(GENERATED) or not (root / name).is_file():
        return None
    lines = len((root / name).read_text().splitlines())
    return f"{name}: {lines} lines, and {limit} are allowed; split it by noun" if lines > limit else None


if __name__ == "__main__":
    problems = too_long(Path(__file__).parents[1])
    sys.exit("\n".join(problems) or None)
