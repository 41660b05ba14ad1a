from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from app.scheduler.schemas import WorkloadRead


class TrainingJobRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    project_id: UUID
    run_id: UUID
    name: str
    recipe: str
    spec: dict[str, Any]
    created_at: datetime
    workload: WorkloadRead
