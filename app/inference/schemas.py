from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.scheduler.schemas import WorkloadRead
from trine.specs.inference import DeploymentSpec
from trine.specs.training import Name


class ServiceCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    """What callers give as `model`; unique within the organization."""
    description: Annotated[str, Field(max_length=4000)] = ""


class ServiceRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    project_id: UUID
    name: str
    description: str
    created_at: datetime


class DeploymentCreate(BaseModel):
    model_config = ConfigDict(extra="forbid", protected_namespaces=())

    model: Name
    version: Annotated[str, Field(min_length=1, max_length=63)] = "champion"
    """A number or an alias; an alias is resolved now, and the deployment keeps that version."""
    weight: Annotated[int, Field(ge=0, le=1_000_000, strict=True)] = 100
    """Share of the service's traffic, relative to its other deployments."""
    spec: DeploymentSpec = DeploymentSpec()


class DeploymentRead(BaseModel):
    model_config = ConfigDict(protected_namespaces=())

    id: UUID
    service_id: UUID
    project_id: UUID
    model: str
    version: int
    model_version_id: UUID
    engine: str
    spec: dict[str, Any]
    weight: int
    created_at: datetime
    workload: WorkloadRead


class Traffic(BaseModel):
    model_config = ConfigDict(extra="forbid")

    weights: Annotated[dict[UUID, Annotated[int, Field(ge=0, le=1_000_000, strict=True)]], Field(min_length=1)]
    """Deployment → weight; those not named keep theirs."""
