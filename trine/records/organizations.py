from datetime import date, datetime
from uuid import UUID

from trine.records.base import Record


class Member(Record):
    id: UUID
    user_id: UUID
    email: str
    name: str
    role: str


class Invitation(Record):
    id: UUID
    org_id: UUID
    email: str
    """The only account that may accept it."""
    role: str
    invited_by: UUID | None
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    revoked_at: datetime | None


class InvitationCreated(Invitation):
    token: str
    """Shown this once."""


class ServiceAccount(Record):
    id: UUID
    org_id: UUID
    name: str
    role: str
    created_by: UUID | None
    created_at: datetime


class Quota(Record):
    """Of the organization where it names neither a project nor a user."""

    project_id: UUID | None
    user_id: UUID | None
    resource: str
    hard: float | None
    soft: float | None
    used: float
    """Now; of tokens, in this day or month (UTC)."""


class Usage(Record):
    """Of a day, a project or a user; the other two are None."""

    day: date | None = None
    project_id: UUID | None = None
    user_id: UUID | None = None
    cpu_seconds: float
    gpu_seconds: float
    requests: int
    prompt_tokens: int
    completion_tokens: int


class ResourceUse(Record):
    """As many numbers as there are times; CPUs, GPUs, or bytes of memory."""

    capacity: list[float]
    """What the nodes that were alive had."""
    own: list[float]
    """What the workloads of the organization, or of the project that was named, held."""
    everybody: list[float] | None
    """What the workloads of all organizations held; None but for the platform's administrators."""


class PoolUtilization(Record):
    pool: str
    step: int
    """Seconds between two times that follow each other. Times at which nobody sampled are left out."""
    times: list[datetime]
    cpu: ResourceUse
    gpu: ResourceUse
    memory: ResourceUse
