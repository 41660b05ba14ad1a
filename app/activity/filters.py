"""What the events of a list can be narrowed to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query
from sqlalchemy import ColumnElement

from app.kit.filters import After, Before
from app.tables import Event

_APART = timedelta(hours=1)
"""Most between the making of an event's key and the beginning of its transaction, by whichever clocks."""


@dataclass(frozen=True, slots=True)
class EventFilters:
    created_after: After = None
    created_before: Before = None
    action: Annotated[
        str | None,
        Query(
            pattern=r"^[a-z_]+(\.[a-z_]+)?$", max_length=100, description="`run.created`, or `run` for all of these."
        ),
    ] = None
    actor_id: Annotated[UUID | None, Query(description="Who did it: a person, service account or workload.")] = None
    subject_id: UUID | None = None
    project_id: UUID | None = None

    def criteria(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.created_after:
            # Keys tell the time too, and have the index.
            found += [Event.created_at >= self.created_after, Event.id >= _first_key(self.created_after - _APART)]
        if self.created_before:
            found += [Event.created_at < self.created_before, Event.id < _first_key(self.created_before + _APART)]
        if self.action:
            exact = "." in self.action
            found.append(Event.action == self.action if exact else Event.action.startswith(f"{self.action}."))
        for column, wanted in (
            (Event.actor_id, self.actor_id),
            (Event.subject_id, self.subject_id),
            (Event.project_id, self.project_id),
        ):
            if wanted:
                found.append(column == wanted)
        return found

    def described(self) -> dict[str, str]:
        names = ("created_after", "created_before", "action", "actor_id", "subject_id", "project_id")
        return {name: str(value) for name in names if (value := getattr(self, name)) is not None}


def _first_key(moment: datetime) -> UUID:
    """The smallest UUIDv7 of that millisecond."""
    milliseconds = min(max(int(moment.timestamp() * 1000), 0), (1 << 48) - 1)
    return UUID(int=milliseconds << 80)
