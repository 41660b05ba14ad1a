from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response, status

from app.deps import MayManage, Paging, PlatformDep, SessionDep
from app.kit.pagination import Page
from app.precondition import Unchanged, tagged
from app.webhooks import service
from app.webhooks.repository import WebhookRepository
from app.webhooks.schemas import (
    DeliveryRead,
    DeliveryStatus,
    WebhookCreate,
    WebhookRead,
    WebhookSecret,
    WebhookUpdate,
)

router = APIRouter(tags=["webhooks"])

UNCHANGED = Depends(Unchanged(WebhookRepository, "webhook_id"))


@router.post("/projects/{project}/webhooks", response_model=WebhookSecret, status_code=status.HTTP_201_CREATED)
async def create(
    session: SessionDep, platform: PlatformDep, principal: MayManage, project: str, body: WebhookCreate
) -> object:
    """Its secret is shown this once. What is sent is signed as Standard Webhooks says."""
    return await service.create(
        session,
        principal=principal,
        project=project,
        keys=platform.settings.signing_keys,
        told=body.model_dump(mode="json"),
    )


@router.get("/projects/{project}/webhooks", response_model=list[WebhookRead])
async def list_webhooks(session: SessionDep, principal: MayManage, project: str) -> object:
    return await service.webhooks(session, principal=principal, project=project)


@router.get("/webhooks/{webhook_id}", response_model=WebhookRead)
async def get(session: SessionDep, principal: MayManage, webhook_id: UUID, response: Response) -> object:
    row = await service.get(session, principal=principal, webhook_id=webhook_id)
    return await tagged(session, response, row)


@router.patch("/webhooks/{webhook_id}", response_model=WebhookRead, dependencies=[UNCHANGED])
async def update(
    session: SessionDep, principal: MayManage, webhook_id: UUID, body: WebhookUpdate, response: Response
) -> object:
    changes = body.model_dump(mode="json", exclude_unset=True)
    row = await service.update(session, principal=principal, webhook_id=webhook_id, changes=changes)
    return await tagged(session, response, row)


@router.post("/webhooks/{webhook_id}:rotate", response_model=WebhookSecret)
async def rotate(session: SessionDep, platform: PlatformDep, principal: MayManage, webhook_id: UUID) -> object:
    """A new secret, shown this once; for a day the one before it signs as well."""
    return await service.rotate(
        session, principal=principal, webhook_id=webhook_id, keys=platform.settings.signing_keys
    )


@router.post("/webhooks/{webhook_id}:test", response_model=DeliveryRead, status_code=status.HTTP_202_ACCEPTED)
async def test(session: SessionDep, principal: MayManage, webhook_id: UUID) -> object:
    """Tells it something that means nothing (`webhook.test`); its deliveries show what it answered."""
    return await service.test(session, principal=principal, webhook_id=webhook_id)


@router.delete("/webhooks/{webhook_id}", status_code=status.HTTP_204_NO_CONTENT, dependencies=[UNCHANGED])
async def remove(session: SessionDep, principal: MayManage, webhook_id: UUID) -> None:
    """For good, with what it was to be told."""
    await service.remove(session, principal=principal, webhook_id=webhook_id)


@router.get("/webhooks/{webhook_id}/deliveries", response_model=Page[DeliveryRead])
async def list_deliveries(
    session: SessionDep,
    principal: MayManage,
    webhook_id: UUID,
    paging: Paging,
    state: Annotated[DeliveryStatus | None, Query(alias="status")] = None,
) -> object:
    """The newest first."""
    return await service.deliveries(session, principal=principal, webhook_id=webhook_id, status=state, request=paging)


@router.post("/webhooks/{webhook_id}/deliveries/{delivery_id}:redeliver", response_model=DeliveryRead)
async def redeliver(session: SessionDep, principal: MayManage, webhook_id: UUID, delivery_id: UUID) -> object:
    """Once more, under the same id: a receiver that knows it has it already does nothing."""
    return await service.redeliver(session, principal=principal, webhook_id=webhook_id, delivery_id=delivery_id)
