from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class LogHit(BaseModel):
    """A line that was looked for."""

    model_config = ConfigDict(from_attributes=True)

    run_id: UUID
    run_name: str
    log_id: UUID = Field(validation_alias="id")
    """The entry of the log that it is in: `logs?first=` reads from there."""
    line: int
    """Which line of the entry, from 0."""
    attempt: int
    source: str
    stream: str
    time: datetime
    """Of the entry's first line."""
    text: str
    """At most the first 2,000 characters."""
