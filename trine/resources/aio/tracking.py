from collections.abc import AsyncIterator, Sequence
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
from trine.resources.aio.base import API, POLL, Reference, Resource
from trine.resources.aio.comparison import RunsOfProject


class Experiments(Resource):
    async def create(self, *, name: str, description: str = "", project: str | None = None) -> Experiment:
        """The experiment of that name, made where it is missing."""
        place = f"/projects/{await self._connection.project(project)}/experiments"
        return await self._one(Experiment, "POST", place, json={"name": name, "description": description})

    async def list(self, *, project: str | None = None, limit: int | None = None) -> AsyncIterator[Experiment]:
        place = f"/projects/{await self._connection.project(project)}/experiments"
        async for found in self._pages(Experiment, place, limit=limit):
            yield found


class Runs(RunsOfProject):
    async def list(
        self,
        *,
        project: str | None = None,
        experiment_id: Reference | None = None,
        kind: str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[RunRecord]:
        place = f"/projects/{await self._connection.project(project)}/runs"
        async for found in self._pages(RunRecord, place, limit=limit, experiment_id=experiment_id, kind=kind):
            yield found

    async def search(
        self,
        matching: str = "",
        *,
        sort: str = "",
        columns: Sequence[str] | None = None,
        project: str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[RunRow]:
        """Runs that match a filter such as `metrics.loss < 0.3 and params.lr = 1e-3 and tags.team = "nlp"`, in the
        order of a sort such as `min(metrics.loss), created_at desc`: newest first without one, what is missing last.
        `columns`, such as `metrics.loss`, are what comes with each; without them everything does."""
        place = f"/projects/{await self._connection.project(project)}/runs:search"
        chosen = None if columns is None else [*columns]
        async for found in self._pages(RunRow, place, limit=limit, filter=matching, sort=sort, columns=chosen):
            yield found

    async def get(self, run: Reference) -> RunDetail:
        return await self._one(RunDetail, "GET", f"/runs/{run}")

    async def metrics(
        self, run: Reference, names: Sequence[str], *, points: int = 1200, after: int | None = None
    ) -> Sequence[MetricSeries]:
        """Each metric with about `points` points that keep its shape; only steps greater than `after`."""
        return await self._all(
            MetricSeries, "GET", f"/runs/{run}/metrics", name=list(names), points=points, after=after
        )

    async def series(
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
        place = f"/projects/{await self._connection.project(project)}/runs:series"
        ends = {"first": first, "last": last}
        return await self._all(
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

    async def logs(
        self,
        run: Reference,
        *,
        after: Reference | None = None,
        first: Reference | None = None,
        follow: bool = False,
    ) -> AsyncIterator[LogLine]:
        """From the beginning, from behind the entry `after`, or from the entry `first`, such as that of a hit; with
        `follow` goes on until the run has ended."""
        while True:
            ended = not follow or (await self.get(run)).status in ("succeeded", "failed", "cancelled")
            while found := await self._all(LogLine, "GET", f"/runs/{run}/logs", after=after, first=first, limit=1000):
                for line in found:
                    yield line
                after, first = found[-1].id, None
            if ended:
                return
            await self._transport.pause(POLL)

    async def search_logs(
        self, query: str, *, run: Reference | None = None, project: str | None = None, limit: int | None = None
    ) -> AsyncIterator[LogHit]:
        """Lines of the run's log, or of those of all runs of the project, newest first.

        `cuda "out of memory"` has to be in one line, `out*` begins a word, `-retried` is not in it, `oom or killed` is
        either.
        """
        place = f"/runs/{run}" if run else f"/projects/{await self._connection.project(project)}"
        async for found in self._pages(LogHit, f"{place}/logs:search", limit=limit, query=query):
            yield found

    async def media_keys(self, run: Reference) -> Sequence[MediaKey]:
        """Under which keys the run logged images, tables and texts."""
        return await self._all(MediaKey, "GET", f"/runs/{run}/media:keys")

    async def media(
        self,
        run: Reference,
        *,
        key: str | None = None,
        kind: str | None = None,
        from_step: int | None = None,
        to_step: int | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Media]:
        """Images, tables and texts of the run, newest first."""
        narrowed = {"key": key, "kind": kind, "from_step": from_step, "to_step": to_step}
        async for found in self._pages(Media, f"/runs/{run}/media", limit=limit, **narrowed):
            yield found

    async def media_content(self, run: Reference, media: Reference) -> bytes:
        async with self._transport.open(f"{API}/runs/{run}/media/{media}/content") as response:
            return b"".join([chunk async for chunk in response.aiter_bytes()])

    async def artifacts(self, run: Reference, *, limit: int | None = None) -> AsyncIterator[Artifact]:
        async for found in self._pages(Artifact, f"/runs/{run}/artifacts", limit=limit):
            yield found

    async def use_artifact(self, run: Reference, artifact: Reference, *, role: str = "data") -> RunInput:
        """The run has read the artifact, `role` says what for."""
        body = {"artifact_id": str(artifact), "role": role}
        return await self._one(RunInput, "POST", f"/runs/{run}/inputs", json=body)

    async def inputs(self, run: Reference) -> Sequence[RunInput]:
        """What the run has read."""
        return await self._all(RunInput, "GET", f"/runs/{run}/inputs")


class Artifacts(Resource):
    async def lineage(self, artifact: Reference) -> Lineage:
        """Which run made it, from what; which runs read it; which versions of models are made of it."""
        return await self._one(Lineage, "GET", f"/artifacts/{artifact}/lineage")

    async def get(self, artifact: Reference) -> ArtifactDetail:
        return await self._one(ArtifactDetail, "GET", f"/artifacts/{artifact}")

    async def download(self, artifact: Reference, path: str, target: Path) -> Path:
        """One file of the artifact, to `target`, which appears whole or not at all."""
        return await self._save(f"/artifacts/{artifact}/files/{quote(path)}", target)
