"""Which deployment answers a request: pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Target:
    """One deployment that answers."""

    deployment_id: UUID
    application: str
    engine: str
    weight: int
    concurrent: int
    """Requests that all of its replicas work on at once."""


@dataclass(frozen=True, slots=True)
class Route:
    """A service and what is behind it now."""

    service_id: UUID
    project_id: UUID
    name: str
    created_at: datetime
    targets: tuple[Target, ...]
    waiting: bool
    """A deployment exists that does not answer yet."""


def choose(targets: Sequence[Target], key: str) -> Target | None:
    """By weight; the same `key` gets the same target while the weights stay. None where no weight is positive."""
    total = sum(target.weight for target in targets)
    if total == 0:
        return None
    point = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % total
    for target in targets:
        point -= target.weight
        if point < 0:
            return target
    raise AssertionError("the weights do not add up")
