"""The two ends of an event: who did it, and to what."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    kind: str
    id: UUID | None
    """Of the person, service account or workload; None for the platform itself."""


ANONYMOUS = Actor("anonymous", None)
CONTROLLER = Actor("controller", None)


@dataclass(frozen=True, slots=True)
class Subject:
    kind: str
    id: UUID
    org_id: UUID
    project_id: UUID | None = None
