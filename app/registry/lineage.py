"""From data to a version, and from the version to what was made of it, with what each step took.

An edge leads the way that things went: artifact → run → version → deployment, version → simulation.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.principal import Principal
from app.registry import service, versions
from app.registry.lineage_graph import Graph, Outcomes, step_back
from app.registry.lineage_repository import LineageRepository
from app.registry.lineage_schemas import Cost, Edge, Lineage, NodeKind
from app.tables import ModelVersion

STEPS = 8
"""Back from the version: runs that wrote what runs read …"""
MOST = 100
"""Deployments, and simulations, that are shown: the newest."""


async def lineage(session: AsyncSession, *, principal: Principal, model_id: UUID, number: int) -> Lineage:
    """At most `STEPS` back; what lies in another project is left out."""
    model = await service.get(session, principal=principal, model_id=model_id)
    version = await versions.find(session, model=model, ref=str(number))
    repository = LineageRepository(session, project_id=model.project_id)
    graph = Graph()
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
        ],
        truncated=graph.truncated,
    )


async def _back(repository: LineageRepository, graph: Graph, root: str, version: ModelVersion) -> None:
    """Breadth first, each run once, so that a circle ends."""
    made: Outcomes = {version.run_id: [(root, "became")]}
    seen: set[UUID] = set()
    for _ in range(STEPS):
        # One that was seen before may have made more than was known then.
        seen |= set(made)
        found = await step_back(repository, graph, set(made), made)
        made = {run_id: outcomes for run_id, outcomes in found.items() if run_id not in seen}
        again = {run_id: outcomes for run_id, outcomes in found.items() if run_id in seen}
        for run in await repository.runs(again):
            for target, how in again[run.id]:
                graph.join(f"{NodeKind.RUN}:{run.id}", target, how, run.workload_id)
        if not made:
            return
    graph.truncated = True


async def _forth(repository: LineageRepository, graph: Graph, root: str, version: ModelVersion) -> None:
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


async def _costs(repository: LineageRepository, graph: Graph) -> dict[UUID | None, Cost]:
    taken = {workload_id for workload_id in graph.steps.values() if workload_id}
    rows = await repository.costs(taken)
    return {row[0]: Cost(cpu_seconds=row[1], gpu_seconds=row[2], requests=row[3], tokens=row[4]) for row in rows}
