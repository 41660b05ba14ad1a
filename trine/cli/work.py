"""How a workload is shown: what the commands of jobs, studies and simulations have in common."""

from typing import Any, TypeVar

import typer

from trine.cli.language import t
from trine.cli.output import age, say
from trine.client import Client
from trine.errors import TrineError
from trine.records.scheduling import Workload, WorkRecord

W = TypeVar("W", bound=WorkRecord)


def status_columns() -> dict[str, Any]:
    return {
        t("status"): lambda row: row.workload.status,
        t("since"): lambda row: age(row.workload.status_since),
        t("why"): lambda row: row.workload.reason.get("message"),
    }


def detail_columns() -> dict[str, Any]:
    return {
        t("status"): lambda row: row.workload.status,
        t("why"): lambda row: row.workload.reason.get("message"),
        t("attempt"): lambda row: f"{row.workload.attempt} / {row.workload.max_attempts}",
        t("created"): lambda row: row.workload.created_at,
        t("started"): lambda row: row.workload.started_at,
        t("ended"): lambda row: row.workload.ended_at,
        "id": lambda row: row.id,
        t("workload"): lambda row: row.workload.id,
        t("run"): lambda row: row.run_id,
    }


def say_why(client: Client, workload: Workload) -> None:
    """One line on why a workload that was just made has not started."""
    try:
        told = client.workloads.explain(workload.id)
    except TrineError:
        return  # it is a comfort, not the result
    say(f"{told.status}: {told.message}")


def end(record: W) -> None:
    """Says how it ended; exits 1 unless it succeeded."""
    workload = record.workload
    seconds = (
        (workload.ended_at - workload.started_at).total_seconds() if workload.ended_at and workload.started_at else None
    )
    took = f" ({seconds:.0f} s)" if seconds is not None else ""
    say(f"{workload.name}: {workload.status}{took}. {workload.reason.get('message') or ''}".rstrip())
    if workload.status != "succeeded":
        raise typer.Exit(1)
