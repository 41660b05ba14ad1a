# Made of `trine/resources/aio` by `scripts/blocking_client.py`: change that, then run it.
# ruff: noqa
from collections.abc import Iterator, Mapping
from typing import Any

from trine.records.scheduling import Forecast
from trine.records.tracking import LogLine
from trine.records.work import TrainingJob
from trine.resources.blocking.base import Reference, Resource
from trine.resources.body import spec_body
from trine.specs.base import Spec


class TrainingJobs(Resource):
    def create(self, *, spec: Spec | Mapping[str, Any], project: str | None = None) -> TrainingJob:
        place = f"/projects/{self._connection.project(project)}/training-jobs"
        return self._one(TrainingJob, "POST", place, json=spec_body(spec))

    def plan(self, *, spec: Spec | Mapping[str, Any], project: str | None = None) -> Forecast:
        """What the job would ask for, checked as a submission is; nothing is submitted."""
        place = f"/projects/{self._connection.project(project)}/training-jobs:plan"
        return self._one(Forecast, "POST", place, json=spec_body(spec))

    def get(self, job: Reference) -> TrainingJob:
        return self._one(TrainingJob, "GET", f"/training-jobs/{job}")

    def list(
        self, *, project: str | None = None, limit: int | None = None, sort: str = "-created_at"
    ) -> Iterator[TrainingJob]:
        """`sort` by `created_at`, `name`, `status` or `duration`; a minus before it turns the order around."""
        place = f"/projects/{self._connection.project(project)}/training-jobs"
        for found in self._pages(TrainingJob, place, limit=limit, sort=sort):
            yield found

    def cancel(self, job: Reference) -> TrainingJob:
        return self._one(TrainingJob, "POST", f"/training-jobs/{job}:cancel")

    def retry(self, job: Reference) -> TrainingJob:
        return self._one(TrainingJob, "POST", f"/training-jobs/{job}:retry")

    def logs(self, job: Reference, *, follow: bool = False) -> Iterator[LogLine]:
        """What its processes printed, from the beginning; with `follow` until it has ended."""
        for event in self._events(f"/training-jobs/{job}/logs", params={"follow": follow}):
            if event.event == "log":
                yield LogLine.model_validate_json(event.data)

    def wait(self, job: Reference, *, within: float | None = None) -> TrainingJob:
        """The job when it has ended, however it ended."""
        return self._wait(TrainingJob, f"/training-jobs/{job}", within=within)
