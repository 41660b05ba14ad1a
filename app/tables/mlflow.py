"""What MLflow clients log that has no other home here: logged models, and what a run says that it used or made."""

from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.orm import Base, Changing, Identified, Json, SoftDeleted, Tenant


class LoggedModel(Identified, Changing, SoftDeleted, Tenant, Base):
    """A model that a run logged; its files are artifacts of the run."""

    __tablename__ = "logged_models"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    experiment_id: Mapped[UUID] = mapped_column(ForeignKey("experiments.id"), index=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id"), index=True)
    of_run: Mapped[bool]
    """False where it was logged outside of a run, and the run is there only to hold its files."""
    name: Mapped[str]
    model_type: Mapped[str]
    status: Mapped[str]
    """As MLflow says it: LOGGED_MODEL_PENDING, LOGGED_MODEL_READY or LOGGED_MODEL_UPLOAD_FAILED."""
    tags: Mapped[Json]
    params: Mapped[Json]


class RunLink(Identified, Tenant, Base):
    """A data set or a model that a run used, or a model that it made, in the words of the client."""

    __tablename__ = "run_links"
    __table_args__ = (UniqueConstraint("run_id", "kind", "key"),)

    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id"))
    kind: Mapped[str]
    """dataset, model_input or model_output."""
    key: Mapped[str]
    content: Mapped[Json]
