"""Where what two runs had changed in their code differs: pure.

The platform does not have a repository. It has each run's commit and its patch against it (`git diff HEAD`), so what is
compared is patches, file by file.
"""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

WORK = 30_000_000
"""Steps that finding the shortest differences may take, all files together: some seconds."""
_POPULAR = 200
"""Lines from which `difflib` ignores those that are everywhere, which bounds what it does."""


class FileState(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    """Both had changed the file, in different ways."""
    ONLY_BASE = "only_base"
    ONLY_OTHER = "only_other"


@dataclass(frozen=True, slots=True)
class FileDifference:
    path: str
    state: FileState
    text: str
    """A unified diff of the two patches of the file; empty where they are the same."""


def difference(base: str, other: str) -> list[FileDifference]:
    """Of two patches as git writes them, in the order of the paths.

    Files for whose shortest difference no `WORK` is left are told as removed and added whole.
    """
    before, after = patches(base), patches(other)
    found, left = [], WORK
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        state = _state(old, new)
        text = ""
        if state is not FileState.SAME:
            text, left = _unified(path, old or [], new or [], left)
        found.append(FileDifference(path, state, text))
    return found


def patches(patch: str) -> dict[str, list[str]]:
    """The lines of each file's part, without those that name blobs: they differ wherever a line does."""
    found: dict[str, list[str]] = {}
    for part in _parts(patch):
        found[_path(part)] = [line for line in part if not line.startswith("index ")]
    return found


def _parts(patch: str) -> Iterator[list[str]]:
    """Lines of content begin with a sign, so none of them looks like the head of a file."""
    part: list[str] = []
    for line in patch.split("\n"):
        if line.startswith("diff --git "):
            if part:
                yield part
            part = [line]
        elif part:
            part.append(line)
    if part:
        yield part[:-1] if part[-1] == "" else part


def _path(part: Sequence[str]) -> str:
    """Where the file is now, or was where it is gone."""
    named: dict[str, str] = {}
    for line in part[1:]:
        if line.startswith("@@"):
            break
        for head in ("--- ", "+++ ", "rename to "):
            if line.startswith(head):
                named[head] = line.removeprefix(head)
    for name in (named.get("+++ "), named.get("--- ")):
        if name and name != "/dev/null":
            # Behind a name with a space git writes a tab.
            return name.rstrip("\t").strip('"').partition("/")[2]
    # A mode that changed, something binary, a name that changed: said twice, with a letter before each.
    return named.get("rename to ") or part[0].removeprefix("diff --git ").rpartition(" b/")[2].strip('"')


def _state(old: list[str] | None, new: list[str] | None) -> FileState:
    if old is None:
        return FileState.ONLY_OTHER
    if new is None:
        return FileState.ONLY_BASE
    return FileState.SAME if old == new else FileState.CHANGED


def _unified(path: str, old: list[str], new: list[str], left: int) -> tuple[str, int]:
    work = _work(len(old), len(new))
    if work <= left:
        lines = difflib.unified_diff(old, new, f"base/{path}", f"other/{path}", lineterm="")
        return "".join(f"{line}\n" for line in lines), left - work
    head = [f"--- base/{path}", f"+++ other/{path}", f"@@ -1,{len(old)} +1,{len(new)} @@"]
    lines = iter([*head, *(f"-{line}" for line in old), *(f"+{line}" for line in new)])
    return "".join(f"{line}\n" for line in lines), left


def _work(old: int, new: int) -> int:
    """At worst: as many looks for a longest match as there are lines, each at every line and where it comes again."""
    again = new // 100 + 1 if new >= _POPULAR else new
    return old * min(old, new) * again
