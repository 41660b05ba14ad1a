# Made of `trine/resources/aio` by `scripts/blocking_client.py`: change that, then run it.
# ruff: noqa
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from trine.records.comparison import CodeComparison, Importance, RunsComparison, RunsGroup, RunView
from trine.resources.blocking.base import API, Reference, Resource

Format = Literal["csv", "parquet"]


class RunViews(Resource):
    """Filters, orders, columns and groups of the table of runs, under names."""

    def create(
        self,
        *,
        name: str,
        shared: bool = False,
        filter: str = "",  # noqa: A002 — as the platform calls it
        sort: str = "",
        columns: Sequence[str] | None = None,
        group_by: Sequence[str] = (),
        project: str | None = None,
    ) -> RunView:
        """`shared` with everybody who sees the project, else one's own."""
        place = f"/projects/{self._connection.project(project)}/run-views"
        told = {"name": name, "shared": shared, "filter": filter, "sort": sort, "group_by": list(group_by)}
        chosen = None if columns is None else list(columns)
        return self._one(RunView, "POST", place, json={**told, "columns": chosen})

    def list(self, *, project: str | None = None) -> Sequence[RunView]:
        """Those that are shared, and one's own."""
        return self._all(RunView, "GET", f"/projects/{self._connection.project(project)}/run-views")

    def get(self, view: Reference) -> RunView:
        return self._one(RunView, "GET", f"/run-views/{view}")

    def update(self, view: Reference, **changes: Any) -> RunView:
        """Fields as of `create`; what is not named stays as it is."""
        return self._one(RunView, "PATCH", f"/run-views/{view}", json=changes)

    def delete(self, view: Reference) -> None:
        self._transport.request("DELETE", f"{API}/run-views/{view}")


class RunsOfProject(Resource):
    """What is asked about many runs at once."""

    def compare(
        self, runs: Sequence[Reference], *, hide_identical: bool = False, project: str | None = None
    ) -> RunsComparison:
        """Configuration, metrics, summary, tags, environment and packages of up to 50 runs, side by side."""
        place = f"/projects/{self._connection.project(project)}/runs:compare"
        body = {"run": [str(run) for run in runs], "hide_identical": hide_identical}
        return self._one(RunsComparison, "POST", place, json=body)

    def compare_code(self, base: Reference, other: Reference, *, project: str | None = None) -> CodeComparison:
        """What two runs had changed in their code, each against its commit, file by file."""
        place = f"/projects/{self._connection.project(project)}/runs:compare-code"
        return self._one(CodeComparison, "GET", place, base=str(base), other=str(other))

    def importance(self, metric: str, *, matching: str = "", project: str | None = None) -> Importance:
        """Which parameters a metric such as `min(metrics.loss)` depends on, over the runs that match a filter.

        Raises `ValidationFailed` (code `too_few_runs`) where nothing can be said.
        """
        place = f"/projects/{self._connection.project(project)}/runs:importance"
        return self._one(Importance, "GET", place, metric=metric, filter=matching)

    def groups(
        self,
        by: Sequence[str],
        metrics: Sequence[str] = (),
        *,
        matching: str = "",
        sort: str = "",
        project: str | None = None,
        limit: int | None = None,
    ) -> Iterator[RunsGroup]:
        """Runs in groups of the same `by`, such as `params.lr`, with mean and spread of `metrics`, such as
        `metrics.loss`. Sorted by what they are made by, or by the mean of one of the metrics."""
        place = f"/projects/{self._connection.project(project)}/runs:group"
        asked = {"by": list(by), "metrics": list(metrics), "filter": matching, "sort": sort}
        for found in self._pages(RunsGroup, place, limit=limit, **asked):
            yield found

    def export(
        self,
        target: Path,
        *,
        format: Format = "csv",  # noqa: A002 — as the platform calls it
        matching: str = "",
        sort: str = "",
        columns: Sequence[str] | None = None,
        project: str | None = None,
    ) -> Path:
        """The whole table of runs that match, as `search` filters and sorts them, to `target`, which appears whole or
        not at all. Without `columns` it has all that the runs have."""
        place = f"/projects/{self._connection.project(project)}/runs:export"
        body = {"format": format, "filter": matching, "sort": sort}
        return self._save(
            place, target, method="POST", json=body | ({} if columns is None else {"columns": list(columns)})
        )

    def export_series(
        self,
        runs: Sequence[Reference],
        target: Path,
        *,
        format: Format = "csv",  # noqa: A002 — as the platform calls it
        names: Sequence[str] | None = None,
        project: str | None = None,
    ) -> Path:
        """Every point of metrics of some runs, one a row; without `names` of all metrics that they have."""
        place = f"/projects/{self._connection.project(project)}/runs:export-series"
        body: dict[str, Any] = {"format": format, "run": [str(run) for run in runs]}
        return self._save(place, target, method="POST", json=body | ({} if names is None else {"name": list(names)}))
