"""What there is: the cluster, its nodes, the default queue."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from app.cluster.base import NodeState
from app.config import Settings
from app.kit.clock import now
from app.kit.notify import notify
from app.scheduler import lifecycle
from app.scheduler.repository import ClusterRepository, NodeRepository, QueueRepository, WorkloadRepository
from app.tables import Cluster, SchedulingQueue

CLUSTER = "default"
QUEUE = "default"


async def ensure_cluster(session: AsyncSession, settings: Settings) -> tuple[str, str]:
    """Address, and the name of the secret with the token. The first controller writes the rows that are missing."""
    await WorkloadRepository(session).lock_admission()
    clusters = ClusterRepository(session)
    cluster = await clusters.one(Cluster.name == CLUSTER)
    if cluster is None:
        cluster = await clusters.add(Cluster(name=CLUSTER, address=settings.dashboard_url, token_secret="ray_token"))
    if await QueueRepository(session).default() is None:
        await QueueRepository(session).add(
            SchedulingQueue(cluster_id=cluster.id, name=QUEUE, description="First in, first out")
        )
    return settings.dashboard_url, cluster.token_secret


async def record(session: AsyncSession, nodes: Sequence[NodeState]) -> None:
    """Writes only when something changed, or a minute has gone; whoever waits for resources is then looked at again."""
    cluster = await ClusterRepository(session).one(Cluster.name == CLUSTER)
    if cluster is None:
        return
    when = now()
    known = {row.node_id: row for row in await NodeRepository(session).alive()}
    changed = {node.node_id for node in nodes} != set(known) or any(
        (node.cpu, node.gpu, node.memory)
        != (known[node.node_id].cpu, known[node.node_id].gpu, known[node.node_id].memory)
        for node in nodes
        if node.node_id in known
    )
    recent = cluster.seen_at is not None and (when - cluster.seen_at).total_seconds() < 60
    if not changed and recent:
        return
    cluster.seen_at = when
    rows = [
        {
            "id": uuid7(),
            "cluster_id": cluster.id,
            "node_id": node.node_id,
            "hostname": node.hostname,
            "cpu": node.cpu,
            "gpu": node.gpu,
            "virtual_gpu": node.virtual_gpu,
            "memory": node.memory,
            "labels": dict(node.labels),
            "alive": True,
            "seen_at": when,
        }
        for node in nodes
    ]
    if rows:
        await NodeRepository(session).upsert(rows)
    await NodeRepository(session).forget_others(cluster.id, [node.node_id for node in nodes])
    if changed:
        await notify(session, lifecycle.TOPIC, nodes=len(rows))
