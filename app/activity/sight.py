"""What of the events somebody may see: those that the organization's table of permissions keeps to some are not all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func

from app.tables import Event

CLIENT = "client"
"""From where something was done: personal, so for those who see everything, and for who did it."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Of the events that the scope of a transaction shows."""

    orgs: frozenset[UUID]
    """Organizations of which everything is seen."""
    projects: frozenset[UUID]
    """Projects of other organizations, likewise."""
    actor_id: UUID | None
    """Whose own doings are seen."""
    reserved: frozenset[str]
    """Families of actions (`invitation` of `invitation.created`) that only those see who see everything."""

    def criteria(self) -> ColumnElement[bool]:
        seen = func.split_part(Event.action, ".", 1).not_in(self.reserved) | Event.org_id.in_(self.orgs)
        if self.projects:
            seen |= Event.project_id.in_(self.projects)
        if self.actor_id:
            seen |= Event.actor_id == self.actor_id
        return seen

    def data(self, event: Event) -> Mapping[str, Any]:
        whole = event.org_id in self.orgs or event.project_id in self.projects
        if whole or (self.actor_id is not None and event.actor_id == self.actor_id):
            return event.data
        return {name: value for name, value in event.data.items() if name != CLIENT}
