from collections.abc import AsyncIterator, Mapping
from typing import Any

from trine.records.work import Study, Trial
from trine.resources.aio.base import Reference, Resource
from trine.resources.body import spec_body
from trine.specs.tuning import StudySpec


class Studies(Resource):
    async def create(self, *, spec: StudySpec | Mapping[str, Any], project: str | None = None) -> Study:
        place = f"/projects/{await self._connection.project(project)}/studies"
        return await self._one(Study, "POST", place, json=spec_body(spec))

    async def get(self, study: Reference) -> Study:
        """With the best trial so far."""
        return await self._one(Study, "GET", f"/studies/{study}")

    async def list(self, *, project: str | None = None, limit: int | None = None) -> AsyncIterator[Study]:
        place = f"/projects/{await self._connection.project(project)}/studies"
        async for found in self._pages(Study, place, limit=limit):
            yield found

    async def cancel(self, study: Reference) -> Study:
        return await self._one(Study, "POST", f"/studies/{study}:cancel")

    async def extend(self, study: Reference, *, trials: int) -> Study:
        """`trials` in all, those that it has among them. A study that has ended is queued again."""
        return await self._one(Study, "POST", f"/studies/{study}:extend", json={"trials": trials})

    async def trials(self, study: Reference, *, limit: int | None = None) -> AsyncIterator[Trial]:
        async for found in self._pages(Trial, f"/studies/{study}/trials", limit=limit):
            yield found

    async def wait(self, study: Reference, *, within: float | None = None) -> Study:
        """The study when it has ended, however it ended."""
        return await self._wait(Study, f"/studies/{study}", within=within)
