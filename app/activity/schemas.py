from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


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
    created_at: datetime
