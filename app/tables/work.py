"""The kinds of work, one row beside its workload."""

from uuid import UUID

from sqlalchemy import Float, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.orm import Base, Changing, Identified, Json, OptionalTimestamp, SoftDeleted, Tenant


class TrainingJob(Identified, Tenant, Base):
    __tablename__ = "training_jobs"
    __table_args__ = (Index("ix_training_jobs_project_id_id", "project_id", "id"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    workload_id: Mapped[UUID] = mapped_column(ForeignKey("workloads.id"), unique=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id"))
    name: Mapped[str]
    recipe: Mapped[str]
    spec: Mapped[Json]


class Study(Identified, Tenant, Base):
    __tablename__ = "studies"
    __table_args__ = (Index("ix_studies_project_id_id", "project_id", "id"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    workload_id: Mapped[UUID] = mapped_column(ForeignKey("workloads.id"), unique=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id"))
    name: Mapped[str]
    metric: Mapped[str]
    mode: Mapped[str]
    spec: Mapped[Json]


class Trial(Identified, Tenant, Base):
    __tablename__ = "trials"
    __table_args__ = (UniqueConstraint("study_id", "number"),)

    study_id: Mapped[UUID] = mapped_column(ForeignKey("studies.id"))
    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id"))
    number: Mapped[int]
    status: Mapped[str]
    params: Mapped[Json]
    value: Mapped[float | None] = mapped_column(Float(53))
    """Of the study's metric."""
    ended_at: Mapped[OptionalTimestamp]


class Simulation(Identified, Tenant, Base):
    __tablename__ = "simulations"
    __table_args__ = (Index("ix_simulations_project_id_id", "project_id", "id"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    workload_id: Mapped[UUID] = mapped_column(ForeignKey("workloads.id"), unique=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id"))
    model_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("model_versions.id"))
    name: Mapped[str]
    environment: Mapped[str]
    spec: Mapped[Json]


class Environment(Identified, Changing, Base):
    """Built-in where `org_id` is null; everybody may read those."""

    __tablename__ = "environments"
    __table_args__ = (UniqueConstraint("org_id", "name", postgresql_nulls_not_distinct=True),)

    org_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str]
    description: Mapped[Json]
    """Spaces, parameters, threshold, rendered frame."""


class Scenario(Identified, Changing, Base):
    __tablename__ = "scenarios"
    __table_args__ = (UniqueConstraint("org_id", "name", postgresql_nulls_not_distinct=True),)

    org_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id"))
    environment_id: Mapped[UUID] = mapped_column(ForeignKey("environments.id"))
    name: Mapped[str]
    parameters: Mapped[Json]


class InferenceService(Identified, Changing, SoftDeleted, Tenant, Base):
    """A name that users call."""

    __tablename__ = "inference_services"
    __table_args__ = (
        Index(
            "uq_inference_services_org_id_name",
            "org_id",
            "name",
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default="")


class Deployment(Identified, Changing, Tenant, Base):
    """One model version behind a service: one Serve application."""

    __tablename__ = "deployments"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    service_id: Mapped[UUID] = mapped_column(ForeignKey("inference_services.id"), index=True)
    workload_id: Mapped[UUID] = mapped_column(ForeignKey("workloads.id"), unique=True)
    model_version_id: Mapped[UUID] = mapped_column(ForeignKey("model_versions.id"))
    engine: Mapped[str]
    spec: Mapped[Json]
    weight: Mapped[int]
    """Share of the service's traffic, relative to its other deployments that are ready."""
