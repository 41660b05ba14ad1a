# Made of `trine/resources/aio` by `scripts/blocking_client.py`: change that, then run it.
# ruff: noqa
from collections.abc import Iterator, Sequence

from trine.records.scheduling import Explanation, Node, Queue, Workload
from trine.resources.blocking.base import Reference, Resource


class Workloads(Resource):
    def list(
        self, *, status: str | None = None, kind: str | None = None, limit: int | None = None
    ) -> Iterator[Workload]:
        return self._pages(Workload, "/workloads", limit=limit, status=status, kind=kind)

    def get(self, workload: Reference) -> Workload:
        return self._one(Workload, "GET", f"/workloads/{workload}")

    def explain(self, workload: Reference) -> Explanation:
        """Why it is in its state, since when, blocked by what, and what would change it."""
        return self._one(Explanation, "GET", f"/workloads/{workload}/explain")


class Queues(Resource):
    def list(self) -> Sequence[Queue]:
        return self._all(Queue, "GET", "/queues")


class Nodes(Resource):
    def list(self) -> Sequence[Node]:
        return self._all(Node, "GET", "/nodes")
