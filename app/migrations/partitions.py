"""Partitions, which the database makes as time goes on, are no tables that the code declares."""

import re

from alembic.runtime.environment import NameFilterParentNames, NameFilterType

_PARTITION = re.compile(r"logs_(\d{4}_\d{2}|others)")


def is_declared(name: str | None, kind: NameFilterType, parents: NameFilterParentNames) -> bool:
    """For Alembic, which compares what is there with what the code declares."""
    return kind != "table" or _PARTITION.fullmatch(name or "") is None
