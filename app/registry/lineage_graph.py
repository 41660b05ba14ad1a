"""The graph of a lineage as it grows, and one step back in it: what runs read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from app.registry.lineage_repository import LineageRepository
from app.registry.lineage_schemas import Node, NodeKind, VersionInput
from app.tables import ModelVersion

Outcomes = dict[UUID, list[tuple[str, str]]]
"""Run → the nodes that it made, and how."""


@dataclass
class Graph:
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


async def inputs(repository: LineageRepository, version: ModelVersion) -> list[VersionInput]:
    """What the run of the version read."""
    graph = Graph()
    await step_back(repository, graph, {version.run_id}, {})
    sources = [(graph.nodes[source], how) for source, _, how in graph.steps]
    return [VersionInput(how=how, kind=found.kind, id=found.id, name=found.name) for found, how in sources]


async def step_back(
    repository: LineageRepository,
    graph: Graph,
    run_ids: Collection[UUID],
    made: Mapping[UUID, Sequence[tuple[str, str]]],
) -> Outcomes:
    """Adds the runs, joins them with what they `made`, and adds what they read; the answer is who wrote that."""
    runs = {run.id: run for run in await repository.runs(run_ids)}
    for run in runs.values():
        key = graph.add(NodeKind.RUN, run.id, run.name, status=run.status, detail={"kind": run.kind})
        for target, how in made.get(run.id, ()):
            graph.join(key, target, how, run.workload_id)
        _add_source(graph, key, run)
    read = await _read_by(repository, runs.values())
    artifacts = {row.id: row for row in await repository.artifacts({artifact_id for _, artifact_id in read})}
    datasets = await repository.datasets(artifacts.keys())
    outcomes: Outcomes = {}
    for (run_id, artifact_id), role in read.items():
        if artifact := artifacts.get(artifact_id):
            detail = {"type": artifact.type, "size": artifact.size}
            if dataset := datasets.get(artifact.id):
                detail["dataset"] = dataset
            key = graph.add(NodeKind.ARTIFACT, artifact.id, artifact.name, detail=detail)
            graph.join(key, f"{NodeKind.RUN}:{run_id}", f"read as {role}", runs[run_id].workload_id)
            outcomes.setdefault(artifact.run_id, []).append((key, "wrote"))
    return outcomes


async def _read_by(
    repository: LineageRepository, runs: Collection[Row[*tuple[Any, ...]]]
) -> dict[tuple[UUID, UUID], str]:
    """`(run, artifact)` → role: what runs recorded, and what their workloads were given."""
    found = {(row.run_id, row.artifact_id): row.role for row in await repository.inputs([run.id for run in runs])}
    for run in runs:
        for role, artifact in ((run.spec or {}).get("inputs") or {}).items():
            found.setdefault((run.id, UUID(artifact)), role)
    return found


def _add_source(graph: Graph, key: str, run: Row[*tuple[Any, ...]]) -> None:
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
