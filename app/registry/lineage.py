"""From data to a version, and from the version to what was made of it, with what each step took.

An edge leads the way that things went: artifact → run → version → deployment, version → simulation.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.principal import Principal
from app.registry import service, versions
from app.registry.lineage_repository import LineageRepository
from app.registry.lineage_schemas import Cost, Edge, Lineage, Node, NodeKind
from app.tables import ModelVersion

STEPS = 8
"""Back from the version: runs that wrote what runs read …"""
MOST = 100
"""Deployments, and simulations, that are shown: the newest."""


@dataclass
class _Graph:
    nodes: dict[str, Node] = field(default_factory=dict)
    steps: dict[tuple[str, str, str], UUID | None] = field(default_factory=dict)
    """From, to, how → the workload that it took."""
    truncated: bool = False

    def add(self, kind: NodeKind, thing: UUID | str, name: str, **told: Any) -> str:
        key = f"{kind}:{thing}"
        thing_id = thing if isinstance(thing, UUID) else None
        self.nodes.setdefault(key, Node(key=key, kind=kind, id=thing_id, name=name, **told))
        return key

    def join(self, source: str, target: str, how: str, workload_id: UUID | None) -> None:
        self.steps.setdefault((source, target, how), workload_id)


async def lineage(session: AsyncSession, *, principal: Principal, model_id: UUID, number: int) -> Lineage:
    """At most `STEPS` back; what lies in another project is left out."""
    model = await service.get(session, principal=principal, model_id=model_id)
    version = await versions.find(session, model=model, ref=str(number))
    repository = LineageRepository(session, project_id=model.project_id)
    graph = _Graph()
    detail: dict[str, str | int] = {"model_id": str(model.id), "version": version.version}
    root = graph.add(NodeKind.VERSION, version.id, f"{model.name}, {version.name}", detail=detail)
    await _back(repository, graph, root, version)
    await _forth(repository, graph, root, version)
    costs = await _costs(repository, graph)
    return Lineage(
        root=root,
        nodes=list(graph.nodes.values()),
        edges=[
            Edge(source=source, target=target, how=how, workload_id=taken, cost=costs.get(taken, Cost()))
            for (source, target, how), taken in graph.steps.items()
            if source in graph.nodes
        ],
        truncated=graph.truncated,
    )


async def _back(repository: LineageRepository, graph: _Graph, root: str, version: ModelVersion) -> None:
    """Breadth first, each run once, so that a circle ends."""
    wanted, seen = {version.run_id}, {version.run_id}
    outcomes: dict[UUID, list[tuple[str, str]]] = {version.run_id: [(root, "became")]}
    for _ in range(STEPS):
        runs = {run.id: run for run in await repository.runs(wanted)}
        for run in runs.values():
            key = graph.add(NodeKind.RUN, run.id, run.name, status=run.status, detail={"kind": run.kind})
            for target, how in outcomes.get(run.id, ()):
                graph.join(key, target, how, run.workload_id)
            _add_source(graph, key, run)
        read = await _read_by(repository, runs.values())
        artifacts = {row.id: row for row in await repository.artifacts({artifact_id for _, artifact_id in read})}
        outcomes = {}
        for (run_id, artifact_id), role in read.items():
            if artifact := artifacts.get(artifact_id):
                detail = {"type": artifact.type, "size": artifact.size}
                key = graph.add(NodeKind.ARTIFACT, artifact.id, artifact.name, detail=detail)
                graph.join(key, f"{NodeKind.RUN}:{run_id}", f"read as {role}", runs[run_id].workload_id)
                outcomes.setdefault(artifact.run_id, []).append((key, "wrote"))
        wanted = set(outcomes) - seen
        seen |= wanted
        if not wanted:
            return
    graph.truncated = True


async def _read_by(
    repository: LineageRepository, runs: Collection[Row[*tuple[Any, ...]]]
) -> dict[tuple[UUID, UUID], str]:
    """`(run, artifact)` → role: what runs recorded, and what their workloads were given."""
    found = {(row.run_id, row.artifact_id): row.role for row in await repository.inputs([run.id for run in runs])}
    for run in runs:
        for role, artifact in ((run.spec or {}).get("inputs") or {}).items():
            found.setdefault((run.id, UUID(artifact)), role)
    return found


def _add_source(graph: _Graph, key: str, run: Row[*tuple[Any, ...]]) -> None:
    """What its spec names that is no artifact: a study's stands below `base`."""
    spec = (run.spec or {}).get("spec") or {}
    spec = spec.get("base") or spec
    data = spec.get("data") or {}
    if name := data.get("name") or data.get("path"):
        place = graph.add(NodeKind.DATA, name, name, detail={"source": data["source"]})
        graph.join(place, key, "read as data", run.workload_id)
    elif environment := spec.get("environment"):
        place = graph.add(NodeKind.ENVIRONMENT, environment, environment)
        graph.join(place, key, "trained in", run.workload_id)


async def _forth(repository: LineageRepository, graph: _Graph, root: str, version: ModelVersion) -> None:
    deployments = await repository.deployments(version.id, MOST + 1)
    for row in deployments[:MOST]:
        key = graph.add(NodeKind.DEPLOYMENT, row.id, row.name, status=row.status)
        graph.join(root, key, "deployed", row.workload_id)
    simulations = await repository.simulations(version.id, MOST + 1)
    for row in simulations[:MOST]:
        detail = {"environment": row.environment, "run_id": str(row.run_id)}
        key = graph.add(NodeKind.SIMULATION, row.id, row.name, status=row.status, detail=detail)
        graph.join(root, key, "evaluated", row.workload_id)
    graph.truncated |= max(len(deployments), len(simulations)) > MOST


async def _costs(repository: LineageRepository, graph: _Graph) -> dict[UUID | None, Cost]:
    taken = {workload_id for workload_id in graph.steps.values() if workload_id}
    rows = await repository.costs(taken)
    return {row[0]: Cost(cpu_seconds=row[1], gpu_seconds=row[2], requests=row[3], tokens=row[4]) for row in rows}
