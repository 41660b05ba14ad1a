from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from app.activity.sight import Sight
from app.tables import Event


class EventRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    org_id: UUID
    project_id: UUID | None
    actor_type: str
    actor_id: UUID | None
    action: str
    subject_type: str
    subject_id: UUID
    data: dict[str, Any]
    """`before` and `after` of a change; `client` (`address`, `agent`), for who may know; `request_id`."""
    created_at: datetime

    @classmethod
    def of(cls, event: Event, sight: Sight) -> Self:
        """What a reader of that sight is told."""
        whole = cls.model_validate(event)
        return whole.model_copy(update={"data": dict(sight.data(event))})
