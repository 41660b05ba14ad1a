"""What would become of work, were it submitted now. Nothing is written."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.principal import Principal
from app.quotas import service as quotas
from app.scheduler import service
from app.scheduler.plan import describe, total
from app.scheduler.repository import NodeRepository, WorkloadRepository
from app.scheduler.schemas import Forecast
from trine.specs.resources import Bundle


async def forecast(
    session: AsyncSession, *, principal: Principal, org_id: UUID, project_id: UUID, bundles: Sequence[Bundle]
) -> Forecast:
    """Raises what `service.submit` would raise."""
    await service.check_ask(session, principal=principal, org_id=org_id, project_id=project_id, bundles=bundles)
    nodes = service.plan_nodes(await NodeRepository(session).alive())
    limits = await quotas.of_workload(session, org_id=org_id, project_id=project_id, user_id=principal.user_id)
    return Forecast(
        bundles=list(bundles),
        asks=describe(total(service.needs(bundles))),
        nodes=len(nodes),
        cluster=describe(total([node.has for node in nodes])),
        waiting_before=await WorkloadRepository(session).waiting(org_id),
        limits=limits,
    )
