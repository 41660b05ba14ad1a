"""The second net under the rule that nothing secret is logged: by the name of a field, and by how a secret looks."""

import re
from typing import Any

HIDDEN = "[hidden]"
_NAMES = frozenset(
    {"api_key", "authorization", "body", "cookie", "key", "messages", "password", "prompt", "secret", "token"}
)
_LOOKS = (
    (re.compile(r"\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]+", re.IGNORECASE), r"\1 " + HIDDEN),
    # Ours; their prefix says of what kind it was.
    (re.compile(r"\b(tr[a-z]_)[A-Za-z0-9_-]{8,}"), r"\1" + HIDDEN),
    (re.compile(r"(://)[^/\s:@]*:[^/\s@]+@"), r"\1" + HIDDEN + "@"),
    (
        re.compile(r"\b(password|token|secret|signature|api_key|authorization)(\"?\s*[=:]\s*\"?)[^\s\"&,;}]+", re.I),
        r"\1\2" + HIDDEN,
    ),
    (re.compile(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), HIDDEN),
)


def redacted(value: Any, *, name: str = "") -> Any:
    """`value` as it may be logged under `name`."""
    if name.lower() in _NAMES:
        return HIDDEN
    if isinstance(value, str):
        for look, instead in _LOOKS:
            value = look.sub(instead, value)
        return value
    if isinstance(value, dict):
        return {str(inner): redacted(value[inner], name=str(inner)) for inner in value}
    if isinstance(value, list | tuple):
        return [redacted(each) for each in value]
    return value
