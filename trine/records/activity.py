from datetime import datetime
from typing import Any
from uuid import UUID

from trine.records.base import Record


class ActivityEvent(Record):
    id: UUID
    org_id: UUID
    project_id: UUID | None
    actor_type: str
    actor_id: UUID | None
    action: str
    """`run.created`, `member.removed`, `access.denied` …"""
    subject_type: str
    subject_id: UUID
    data: dict[str, Any]
    """`before` and `after` of a change; `client` (`address`, `agent`), for who may know; `request_id`."""
    created_at: datetime
