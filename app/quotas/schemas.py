from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.quotas.resources import Resource

Amount = Annotated[float, Field(ge=0, le=1e18, allow_inf_nan=False)]


class QuotaSet(BaseModel):
    """Of the organization where it names neither a project nor a user. Without `hard` and `soft` there is no limit."""

    model_config = ConfigDict(extra="forbid")

    project: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """Id or slug."""
    user_id: UUID | None = None
    resource: Resource
    hard: Amount | None = None
    """No more than this."""
    soft: Amount | None = None
    """Above it there is a warning, once a period."""


class QuotaRead(BaseModel):
    project_id: UUID | None
    user_id: UUID | None
    resource: Resource
    hard: float | None
    soft: float | None
    used: float
    """Now; of tokens, in this day or month (UTC)."""


class UsageBy(StrEnum):
    DAY = "day"
    PROJECT = "project"
    USER = "user"


class UsageRead(BaseModel):
    """Of a day, a project or a user; the other two are null."""

    day: date | None = None
    project_id: UUID | None = None
    user_id: UUID | None = None
    """Null too for what nobody in particular used: keys of service accounts."""
    cpu_seconds: float
    gpu_seconds: float
    requests: int
    prompt_tokens: int
    completion_tokens: int
