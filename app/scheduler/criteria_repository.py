"""What narrows lists of work: the state of its workload, and that it is there."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from app.scheduler.status import Status
from app.tables import Project, Run, Workload


def having(table: Any, status: Sequence[Status]) -> list[ColumnElement[bool]]:
    """Rows of `table` whose workload is in one of these states; all where none is named."""
    return [table.workload_id.in_(select(Workload.id).where(Workload.status.in_(status)))] if status else []


def of_what_is_there() -> ColumnElement[bool]:
    """Workloads neither of a deleted project nor of a deleted run."""
    gone = select(Run.id).where(Run.deleted_at.is_not(None))
    there = Workload.project_id.in_(select(Project.id).where(Project.deleted_at.is_(None)))
    return there & (Workload.run_id.is_(None) | Workload.run_id.not_in(gone))
