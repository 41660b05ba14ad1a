from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, delete, exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from app.kit.clock import now
from app.kit.repository import Repository
from app.tables import Webhook, WebhookDelivery
from app.webhooks.schemas import DeliveryStatus

PENDING = WebhookDelivery.status == DeliveryStatus.PENDING


class WebhookRepository(Repository[Webhook]):
    table = Webhook

    async def told_of(self, project_id: UUID, action: str) -> Sequence[Webhook]:
        return await self.every(
            Webhook.project_id == project_id, Webhook.active.is_(True), Webhook.events.contains([action])
        )

    async def remove(self, webhook: Webhook) -> None:
        """With its deliveries."""
        await self.session.execute(delete(Webhook).where(Webhook.id == webhook.id, Webhook.org_id == webhook.org_id))


class DeliveryRepository(Repository[WebhookDelivery]):
    table = WebhookDelivery

    async def due(self, limit: int) -> Sequence[WebhookDelivery]:
        """The oldest that is due of each webhook that nobody is sending to, locked."""
        first = (
            select(WebhookDelivery.id)
            .where(*self._waiting(), WebhookDelivery.next_attempt_at <= now())
            .ext(distinct_on(WebhookDelivery.webhook_id))
            .order_by(WebhookDelivery.webhook_id, WebhookDelivery.next_attempt_at)
        )
        # Looked at once more under the lock: somebody may have leased it since.
        free = WebhookDelivery.lease_expires_at.is_(None) | (WebhookDelivery.lease_expires_at <= now())
        statement = self.statement().where(WebhookDelivery.id.in_(first), PENDING, free)
        statement = statement.order_by(WebhookDelivery.next_attempt_at)
        return (await self.session.scalars(statement.limit(limit).with_for_update(skip_locked=True))).all()

    async def next_due(self) -> datetime | None:
        """Of what waits for nothing but its time."""
        statement = select(func.min(WebhookDelivery.next_attempt_at)).where(*self._waiting())
        return (await self.session.execute(statement)).scalar_one()

    @staticmethod
    def _waiting() -> tuple[ColumnElement[bool], ...]:
        """Of webhooks that are active, and that nobody is sending to."""
        busy = aliased(WebhookDelivery)
        under_way = exists().where(busy.webhook_id == WebhookDelivery.webhook_id, busy.lease_expires_at > now())
        active = exists().where(Webhook.id == WebhookDelivery.webhook_id, Webhook.active)
        return PENDING, active, ~under_way

    async def leased(self, delivery_id: UUID, lease_id: UUID) -> WebhookDelivery | None:
        """Locked, where the lease still stands."""
        row = await self.locked(delivery_id)
        return row if row is not None and row.lease_id == lease_id else None

    async def sweep(self, kept: timedelta, limit: int) -> int:
        """Removes what ended longer ago; how many."""
        some = select(WebhookDelivery.id).where(~PENDING, WebhookDelivery.ended_at < now() - kept).limit(limit)
        result: CursorResult[tuple[()]] = await self.session.execute(  # type: ignore[assignment]
            delete(WebhookDelivery).where(WebhookDelivery.id.in_(some))
        )
        return result.rowcount
