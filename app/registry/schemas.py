from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.registry.licence import Licence
from trine.specs.registry import Signature
from trine.specs.training import Name

Description = Annotated[str, Field(max_length=4000)]
Tags = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=250)], Annotated[str, Field(max_length=5000)]],
    Field(max_length=200),
]


class ModelCreate(BaseModel):
    model_config = ConfigDict(extra="forbid", protected_namespaces=())

    name: Name
    description: Description = ""
    tags: Tags = {}


class ModelUpdate(BaseModel):
    """What is not named stays as it is; tags are replaced as a whole."""

    model_config = ConfigDict(extra="forbid")

    name: Name = ""
    description: Description = ""
    tags: Tags = {}


class VersionUpdate(BaseModel):
    """What is not named stays as it is; tags are replaced as a whole."""

    model_config = ConfigDict(extra="forbid")

    description: Description = ""
    tags: Tags = {}
    licence: Licence | None = None
    """An SPDX expression: Apache-2.0, MIT, LicenseRef-NAME for what SPDX does not list."""


class VersionCreate(VersionUpdate):
    """What is not named here is what the metadata of the artifact says."""

    artifact_id: UUID
    """An artifact of type `model` in the same project."""


class CardWrite(BaseModel):
    model_config = ConfigDict(extra="forbid")

    markdown: Annotated[str, Field(max_length=200_000)]


class AliasSet(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=1, strict=True)]


class ModelRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    project_id: UUID
    name: str
    description: str
    tags: dict[str, str]
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
    signature: Signature | None
    licence: str | None
    description: str
    tags: dict[str, str]
    aliases: list[str] = []
    created_by: UUID | None
    """Its author: who registered it, or whose run made it."""
    created_at: datetime


class FileRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    path: str
    sha256: str
    size: int


class VersionDetail(VersionRead):
    files: list[FileRead]


class CardRead(BaseModel):
    markdown: str
    written: bool
    """By a person; otherwise it is made from the run."""


class ModelDetail(ModelRead):
    versions: list[VersionRead]
