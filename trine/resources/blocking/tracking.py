# Made of `trine/resources/aio` by `scripts/blocking_client.py`: change that, then run it.
# ruff: noqa
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from trine.records.lineage import Lineage, RunInput
from trine.records.tracking import (
    Artifact,
    ArtifactDetail,
    Experiment,
    LogHit,
    LogLine,
    Media,
    MediaKey,
    MetricSeries,
    RunDetail,
    RunRecord,
    RunRow,
    RunSeries,
)
from trine.resources.blocking.base import API, POLL, Reference, Resource
from trine.resources.blocking.comparison import RunsOfProject


class Experiments(Resource):
    def create(self, *, name: str, description: str = "", project: str | None = None) -> Experiment:
        """The experiment of that name, made where it is missing."""
        place = f"/projects/{self._connection.project(project)}/experiments"
        return self._one(Experiment, "POST", place, json={"name": name, "description": description})

    def list(self, *, project: str | None = None, limit: int | None = None) -> Iterator[Experiment]:
        place = f"/projects/{self._connection.project(project)}/experiments"
        for found in self._pages(Experiment, place, limit=limit):
            yield found


class Runs(RunsOfProject):
    def list(
        self,
        *,
        project: str | None = None,
        experiment_id: Reference | None = None,
        kind: str | None = None,
        limit: int | None = None,
    ) -> Iterator[RunRecord]:
        place = f"/projects/{self._connection.project(project)}/runs"
        for found in self._pages(RunRecord, place, limit=limit, experiment_id=experiment_id, kind=kind):
            yield found

    def search(
        self,
        matching: str = "",
        *,
        sort: str = "",
        columns: Sequence[str] | None = None,
        project: str | None = None,
        limit: int | None = None,
    ) -> Iterator[RunRow]:
        """Runs that match a filter such as `metrics.loss < 0.3 and params.lr = 1e-3 and tags.team = "nlp"`, in the
        order of a sort such as `min(metrics.loss), created_at desc`: newest first without one, what is missing last.
        `columns`, such as `metrics.loss`, are what comes with each; without them everything does."""
        place = f"/projects/{self._connection.project(project)}/runs:search"
        chosen = None if columns is None else [*columns]
        for found in self._pages(RunRow, place, limit=limit, filter=matching, sort=sort, columns=chosen):
            yield found

    def get(self, run: Reference) -> RunDetail:
        return self._one(RunDetail, "GET", f"/runs/{run}")

    def metrics(
        self, run: Reference, names: Sequence[str], *, points: int = 1200, after: int | None = None
    ) -> Sequence[MetricSeries]:
        """Each metric with about `points` points that keep its shape; only steps greater than `after`."""
        return self._all(MetricSeries, "GET", f"/runs/{run}/metrics", name=list(names), points=points, after=after)

    def series(
        self,
        runs: Sequence[Reference],
        names: Sequence[str],
        *,
        project: str | None = None,
        points: int = 1200,
        axis: Literal["step", "time", "relative"] = "step",
        smoothing: float = 0.0,
        first: float | None = None,
        last: float | None = None,
    ) -> Sequence[RunSeries]:
        """Curves of many runs, those that have points, each with at most `points` points between `first` and `last` of
        the axis. `smoothing` is the weight of what came before, below 1, as TensorBoard has it."""
        place = f"/projects/{self._connection.project(project)}/runs:series"
        ends = {"first": first, "last": last}
        return self._all(
            RunSeries,
            "GET",
            place,
            run=[str(run) for run in runs],
            name=list(names),
            points=points,
            axis=axis,
            smoothing=smoothing,
            **ends,
        )

    def logs(
        self,
        run: Reference,
        *,
        after: Reference | None = None,
        first: Reference | None = None,
        follow: bool = False,
    ) -> Iterator[LogLine]:
        """From the beginning, from behind the entry `after`, or from the entry `first`, such as that of a hit; with
        `follow` goes on until the run has ended."""
        while True:
            ended = not follow or (self.get(run)).status in ("succeeded", "failed", "cancelled")
            while found := self._all(LogLine, "GET", f"/runs/{run}/logs", after=after, first=first, limit=1000):
                for line in found:
                    yield line
                after, first = found[-1].id, None
            if ended:
                return
            self._transport.pause(POLL)

    def search_logs(
        self, query: str, *, run: Reference | None = None, project: str | None = None, limit: int | None = None
    ) -> Iterator[LogHit]:
        """Lines of the run's log, or of those of all runs of the project, newest first.

        `cuda "out of memory"` has to be in one line, `out*` begins a word, `-retried` is not in it, `oom or killed` is
        either.
        """
        place = f"/runs/{run}" if run else f"/projects/{self._connection.project(project)}"
        for found in self._pages(LogHit, f"{place}/logs:search", limit=limit, query=query):
            yield found

    def media_keys(self, run: Reference) -> Sequence[MediaKey]:
        """Under which keys the run logged images, tables and texts."""
        return self._all(MediaKey, "GET", f"/runs/{run}/media:keys")

    def media(
        self,
        run: Reference,
        *,
        key: str | None = None,
        kind: str | None = None,
        from_step: int | None = None,
        to_step: int | None = None,
        limit: int | None = None,
    ) -> Iterator[Media]:
        """Images, tables and texts of the run, newest first."""
        narrowed = {"key": key, "kind": kind, "from_step": from_step, "to_step": to_step}
        for found in self._pages(Media, f"/runs/{run}/media", limit=limit, **narrowed):
            yield found

    def media_content(self, run: Reference, media: Reference) -> bytes:
        with self._transport.open(f"{API}/runs/{run}/media/{media}/content") as response:
            return b"".join([chunk for chunk in response.iter_bytes()])

    def artifacts(self, run: Reference, *, limit: int | None = None) -> Iterator[Artifact]:
        for found in self._pages(Artifact, f"/runs/{run}/artifacts", limit=limit):
            yield found

    def use_artifact(self, run: Reference, artifact: Reference, *, role: str = "data") -> RunInput:
        """The run has read the artifact, `role` says what for."""
        body = {"artifact_id": str(artifact), "role": role}
        return self._one(RunInput, "POST", f"/runs/{run}/inputs", json=body)

    def inputs(self, run: Reference) -> Sequence[RunInput]:
        """What the run has read."""
        return self._all(RunInput, "GET", f"/runs/{run}/inputs")


class Artifacts(Resource):
    def lineage(self, artifact: Reference) -> Lineage:
        """Which run made it, from what; which runs read it; which versions of models are made of it."""
        return self._one(Lineage, "GET", f"/artifacts/{artifact}/lineage")

    def get(self, artifact: Reference) -> ArtifactDetail:
        return self._one(ArtifactDetail, "GET", f"/artifacts/{artifact}")

    def download(self, artifact: Reference, path: str, target: Path) -> Path:
        """One file of the artifact, to `target`, which appears whole or not at all."""
        return self._save(f"/artifacts/{artifact}/files/{quote(path)}", target)
