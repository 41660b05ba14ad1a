# Made of `trine/resources/aio` by `scripts/blocking_client.py`: change that, then run it.
# ruff: noqa
from collections.abc import Iterator, Mapping
from typing import Any

from trine.records.work import Study, Trial
from trine.resources.blocking.base import Reference, Resource
from trine.resources.body import spec_body
from trine.specs.tuning import StudySpec


class Studies(Resource):
    def create(self, *, spec: StudySpec | Mapping[str, Any], project: str | None = None) -> Study:
        place = f"/projects/{self._connection.project(project)}/studies"
        return self._one(Study, "POST", place, json=spec_body(spec))

    def get(self, study: Reference) -> Study:
        """With the best trial so far."""
        return self._one(Study, "GET", f"/studies/{study}")

    def list(self, *, project: str | None = None, limit: int | None = None) -> Iterator[Study]:
        place = f"/projects/{self._connection.project(project)}/studies"
        for found in self._pages(Study, place, limit=limit):
            yield found

    def cancel(self, study: Reference) -> Study:
        return self._one(Study, "POST", f"/studies/{study}:cancel")

    def extend(self, study: Reference, *, trials: int) -> Study:
        """`trials` in all, those that it has among them. A study that has ended is queued again."""
        return self._one(Study, "POST", f"/studies/{study}:extend", json={"trials": trials})

    def trials(self, study: Reference, *, limit: int | None = None) -> Iterator[Trial]:
        for found in self._pages(Trial, f"/studies/{study}/trials", limit=limit):
            yield found

    def wait(self, study: Reference, *, within: float | None = None) -> Study:
        """The study when it has ended, however it ended."""
        return self._wait(Study, f"/studies/{study}", within=within)
