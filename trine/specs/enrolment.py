"""How a job that the controller launched gets its task and its credential."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from trine.specs.base import Spec


class WorkloadKind(StrEnum):
    TRAINING = "training"
    STUDY = "study"
    SIMULATION = "simulation"
    DEPLOYMENT = "deployment"


class InputFile(Spec):
    path: str
    url: str
    """Signed, relative to the platform's address; valid for the attempt."""
    sha256: str
    size: int


class Enrolment(Spec):
    """Answer to `POST /api/v1/enrolments {"code": …}`: given once. The token must stay in memory."""

    kind: WorkloadKind
    spec: dict[str, Any]
    """A `TrainingSpec`, `StudySpec` or `SimulationSpec`."""
    subject_id: UUID
    """Identifier of the training job, study or simulation."""
    run_id: UUID
    project: str
    attempt: int
    started_at: datetime | None = None
    """When the first attempt of the run began; None: not known."""
    token: str
    """`Authorization: Bearer` for this workload's runs alone."""
    storage: str
    """Where checkpoints go, the same for every attempt: a path or `s3://…`."""
    inputs: dict[str, list[InputFile]] = {}
    """By role: `data` for an artifact, `policy` for a registered model."""
    data_roots: tuple[str, ...] = ()
    """Folders under which a path of the spec must lie, after links are resolved."""
