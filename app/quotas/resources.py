"""What is limited, how much of it somebody has, and for how long that counts: pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID


class Resource(StrEnum):
    GPU = "gpu"
    CPU = "cpu"
    MEMORY = "memory"
    """Bytes."""
    WORKLOADS = "workloads"
    """That hold resources of the cluster."""
    STORAGE = "storage"
    """Bytes of artifacts and media, deleted ones included until they are removed for good."""
    TOKENS_PER_DAY = "tokens_per_day"
    TOKENS_PER_MONTH = "tokens_per_month"


ASKED = (Resource.GPU, Resource.CPU, Resource.MEMORY, Resource.WORKLOADS)
"""What a workload takes."""
TOKENS = (Resource.TOKENS_PER_DAY, Resource.TOKENS_PER_MONTH)


@dataclass(frozen=True, slots=True)
class Amount:
    """What one person, or nobody in particular, has of a resource in a project."""

    project_id: UUID
    user_id: UUID | None
    resource: str
    value: float


def used(amounts: Iterable[Amount], resource: str, project_id: UUID | None, user_id: UUID | None) -> float:
    """Of the organization where neither is given."""
    return sum(
        amount.value
        for amount in amounts
        if amount.resource == resource and project_id in {None, amount.project_id} and user_id in {None, amount.user_id}
    )


def period(resource: str, day: date) -> str:
    """In which one warning is enough: a month of tokens, else a day."""
    return f"{day:%Y-%m}" if resource == Resource.TOKENS_PER_MONTH else f"{day:%Y-%m-%d}"


def reset(resource: str, day: date) -> datetime:
    """When there are tokens again."""
    month = resource == Resource.TOKENS_PER_MONTH
    first = (day.replace(day=1) + timedelta(days=32)).replace(day=1) if month else day + timedelta(days=1)
    return datetime.combine(first, time(), UTC)
