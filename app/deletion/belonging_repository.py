"""What belongs to what: deleted with it at one moment, and undeleted with it."""

from typing import Any

from sqlalchemy import ColumnElement, exists, false, select

from app.tables import (
    Artifact,
    Dataset,
    DatasetVersion,
    Deployment,
    Experiment,
    InferenceService,
    ModelVersion,
    Project,
    RegisteredModel,
    Run,
    Workload,
)

Part = tuple[Any, ColumnElement[bool]]
"""A table, and which of its rows."""


def parts(thing: object) -> list[Part]:
    match thing:
        case Project():
            tables: tuple[Any, ...] = (
                Experiment,
                Run,
                Artifact,
                Dataset,
                RegisteredModel,
                ModelVersion,
                InferenceService,
            )
            return [(table, table.project_id == thing.id) for table in tables]
        case Experiment():
            runs = select(Run.id).where(Run.experiment_id == thing.id)
            return [(Run, Run.experiment_id == thing.id), (Artifact, Artifact.run_id.in_(runs) & _unregistered())]
        case Run():
            return [(Artifact, (Artifact.run_id == thing.id) & _unregistered())]
        case RegisteredModel():
            return [(ModelVersion, ModelVersion.model_id == thing.id)]
    return []


def workloads(thing: object) -> ColumnElement[bool]:
    """Those that work on the thing, or serve it."""
    match thing:
        case Project():
            return Workload.project_id == thing.id
        case Experiment():
            return Workload.id.in_(select(Run.workload_id).where(Run.experiment_id == thing.id))
        case Run():
            return Workload.id == thing.workload_id
        case RegisteredModel():
            versions = select(ModelVersion.id).where(ModelVersion.model_id == thing.id)
            return Workload.id.in_(select(Deployment.workload_id).where(Deployment.model_version_id.in_(versions)))
        case ModelVersion():
            return Workload.id.in_(select(Deployment.workload_id).where(Deployment.model_version_id == thing.id))
    return false()


def parent(thing: object) -> Part | None:
    """What must be there so that the thing can be."""
    match thing:
        case Experiment() | RegisteredModel() | Dataset() | InferenceService():
            return Project, Project.id == thing.project_id
        case Run():
            return Experiment, Experiment.id == thing.experiment_id
        case Artifact():
            return Run, Run.id == thing.run_id
        case ModelVersion():
            return RegisteredModel, RegisteredModel.id == thing.model_id
    return None


def _unregistered() -> ColumnElement[bool]:
    """What a version of a model, or of a dataset, is made of stays when its run goes."""
    version = (ModelVersion.artifact_id == Artifact.id) & ModelVersion.deleted_at.is_(None)
    return ~exists().where(version).correlate(Artifact) & ~in_dataset()


def in_dataset() -> ColumnElement[bool]:
    """Whether a version of a dataset that is there is made of the artifact."""
    version = (DatasetVersion.artifact_id == Artifact.id) & (Dataset.id == DatasetVersion.dataset_id)
    return exists().where(version, Dataset.deleted_at.is_(None)).correlate(Artifact)
