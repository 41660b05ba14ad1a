"""The tracked Python sources as syntax trees; each is parsed once."""

import ast
import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


@functools.cache
def files(*suffixes: str) -> tuple[str, ...]:
    """Every file of the repository with one of the suffixes, relative to its root; what git ignores is left out."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return tuple(name for name in sorted(set(names)) if name.endswith(suffixes) and (ROOT / name).is_file())


def modules(package: str) -> Iterator[tuple[str, ast.Module]]:
    """The files below `package` and their trees."""
    for name in files(".py"):
        if name.startswith(f"{package}/"):
            yield name, tree(name)


@functools.cache
def tree(name: str) -> ast.Module:
    return ast.parse((ROOT / name).read_text(), filename=name)
