"""Makes `trine/resources/blocking` out of `trine/resources/aio`: the same methods without asyncio.

`python scripts/blocking_client.py` writes the files; a test fails where they differ from what it would write.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1] / "trine/resources"
NOTE = """# Made of `trine/resources/aio` by `scripts/blocking_client.py`: change that, then run it.
# ruff: noqa
"""

_REPLACED = (
    (r"\basync (def|for|with)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\bAsync(Iterator|Transport)\b", r"\1"),
    (r"\baiter_(lines|bytes)\b", r"iter_\1"),
    (r"\btrine\.resources\.aio\b", "trine.resources.blocking"),
)


def blocking_files() -> dict[Path, str]:
    """Path of each file to write → its text."""
    return {ROOT / "blocking" / source.name: _blocking(source.read_text()) for source in sorted(ROOT.glob("aio/*.py"))}


def main() -> None:
    for path, text in blocking_files().items():
        path.write_text(text)
        sys.stdout.write(f"{path.relative_to(ROOT.parents[1])}\n")


def _blocking(text: str) -> str:
    for pattern, replacement in _REPLACED:
        text = re.sub(pattern, replacement, text)
    formatter = [sys.executable, "-m", "ruff", "format", "--stdin-filename", "trine/resources/blocking/x.py", "-"]
    return subprocess.run(
        formatter, input=NOTE + text, capture_output=True, text=True, check=True, cwd=ROOT.parents[1]
    ).stdout


if __name__ == "__main__":
    main()
