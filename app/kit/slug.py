"""Readable names for addresses and for Ray."""

import re


def slug(text: str, *, longest: int = 40) -> str:
    """Lower-case letters, digits and hyphens; `unnamed` where nothing is left."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:longest].strip("-") or "unnamed"
