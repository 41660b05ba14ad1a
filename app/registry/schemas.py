from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from trine.specs.training import Name


class ModelCreate(BaseModel):
    model_config = ConfigDict(extra="forbid", protected_namespaces=())

    name: Name
    description: Annotated[str, Field(max_length=4000)] = ""


class ModelUpdate(BaseModel):
    """What is not named stays as it is."""

    model_config = ConfigDict(extra="forbid")

    description: Annotated[str, Field(max_length=4000)] | None = None


class VersionCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    artifact_id: UUID
    """An artifact of type `model` in the same project."""


class AliasSet(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=1, strict=True)]


class ModelRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    project_id: UUID
    name: str
    description: str
    created_at: datetime


class VersionRead(BaseModel):
    model_config = ConfigDict(from_attributes=True, protected_namespaces=())

    id: UUID
    model_id: UUID
    version: int
    artifact_id: UUID
    run_id: UUID
    digest: str
    framework: str
    size: int
    metrics: dict[str, Any]
    aliases: list[str] = []
    created_at: datetime


class ModelDetail(ModelRead):
    versions: list[VersionRead]
