from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.deps import MayRead, PlatformDep, StillDep
from app.experiments import point_stream
from app.experiments.point_stream_repository import Reached
from app.experiments.routes import MetricNames

router = APIRouter(tags=["experiments"])


async def where_it_begins(
    platform: PlatformDep,
    principal: MayRead,
    run_id: UUID,
    name: MetricNames,
    after: Annotated[int | None, Query(ge=-1, lt=2**53, description="Only greater steps.")] = None,
    last_event_id: Annotated[str | None, Header(max_length=5000)] = None,
) -> dict[str, Reached]:
    """Found before the stream begins, because its status can no longer tell afterwards."""
    names = list(dict.fromkeys(name))
    return await point_stream.begin(
        platform.database, principal, run_id=run_id, names=names, after=after, cursor=last_event_id
    )


@router.get("/runs/{run_id}/metrics:stream", response_class=EventSourceResponse)
async def stream(
    platform: PlatformDep,
    principal: MayRead,
    still: StillDep,
    run_id: UUID,
    reached: Annotated[dict[str, Reached], Depends(where_it_begins)],
) -> AsyncIterator[ServerSentEvent]:
    """Points of these metrics as they are acknowledged (Server-Sent Events), from the first, from behind `after`, or
    after `Last-Event-ID`; ends when the run has ended. A point at a step before one that was told is not told."""
    followed = point_stream.follow(platform.database, platform.listener, principal, run_id=run_id, reached=reached)
    async for points, cursor in followed:
        if not await still():
            return
        yield ServerSentEvent(raw_data=points.model_dump_json(), id=cursor, event="points")
