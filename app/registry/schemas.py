from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.experiments.schemas import FileEntry
from app.registry.licence import Licence
from app.registry.lineage_schemas import VersionInput
from app.registry.rules import Outcome
from trine.specs.registry import Rule, Signature
from trine.specs.training import Name

AliasName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
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

    version: Annotated[int, Field(ge=1, lt=10**9, strict=True)]
    override: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    """Why the alias moves although its gate says no; for admins, and kept with the event."""


class GateWrite(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rules: Annotated[list[Rule], Field(min_length=1, max_length=50)]


class ApprovalWrite(BaseModel):
    model_config = ConfigDict(extra="forbid")

    alias: AliasName
    comment: Description = ""


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


class VersionDetail(VersionRead):
    files: list[FileEntry]
    inputs: list[VersionInput]
    """What its run read."""


class CardRead(BaseModel):
    markdown: str
    written: bool
    """By a person; otherwise it is made from the run."""


class ModelDetail(ModelRead):
    versions: list[VersionRead]


class GateRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    project_id: UUID
    model_id: UUID | None
    """None: it holds for every model of the project."""
    alias: str
    rules: list[Rule]
    updated_at: datetime


class GateCheck(BaseModel):
    passed: bool
    outcomes: list[Outcome]
    """One a rule; none where the alias has no gate."""


class ApprovalRead(BaseModel):
    alias: str
    user_id: UUID
    name: str | None
    """Of who approved; null: they have left the organization."""
    comment: str
    created_at: datetime
