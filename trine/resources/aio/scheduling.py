from collections.abc import AsyncIterator, Sequence

from trine.records.scheduling import Explanation, Node, Queue, Workload
from trine.resources.aio.base import Reference, Resource


class Workloads(Resource):
    def list(
        self, *, status: str | None = None, kind: str | None = None, limit: int | None = None
    ) -> AsyncIterator[Workload]:
        return self._pages(Workload, "/workloads", limit=limit, status=status, kind=kind)

    async def get(self, workload: Reference) -> Workload:
        return await self._one(Workload, "GET", f"/workloads/{workload}")

    async def explain(self, workload: Reference) -> Explanation:
        """Why it is in its state, since when, blocked by what, and what would change it."""
        return await self._one(Explanation, "GET", f"/workloads/{workload}/explain")


class Queues(Resource):
    async def list(self) -> Sequence[Queue]:
        return await self._all(Queue, "GET", "/queues")


class Nodes(Resource):
    async def list(self) -> Sequence[Node]:
        return await self._all(Node, "GET", "/nodes")
