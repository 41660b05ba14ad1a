"""Webhooks of a project, and the outbox: what they are to be told is a row in the transaction of what happened."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.activity import service as activity
from app.activity.actor import Actor, Subject
from app.auth import service as auth
from app.auth.permissions import Action
from app.auth.principal import Principal
from app.bounds import Listed, check_room
from app.errors import Conflict, NotFound
from app.kit.clock import now
from app.kit.keyfile import Keys
from app.kit.notify import notify
from app.kit.pagination import PageRequest, Rows, page
from app.projects import service as projects
from app.tables import Webhook, WebhookDelivery
from app.webhooks import signature
from app.webhooks.repository import DeliveryRepository, WebhookRepository
from app.webhooks.schemas import TEST, DeliveryStatus, WebhookRead, WebhookSecret

TOPIC = "webhooks"
OVERLAP = timedelta(hours=24)
"""For which the secret before the current one signs as well."""


async def publish(session: AsyncSession, *, actor: Actor, action: str, subject: Subject, data: dict[str, Any]) -> None:
    """Whoever wants to know of it will be told `data`, once the transaction has been committed."""
    if subject.project_id is None:
        return
    for hook in await WebhookRepository(session).told_of(subject.project_id, action):
        await _enqueue(session, hook, actor=actor, action=action, subject=subject, data=data)


async def test(session: AsyncSession, *, principal: Principal, webhook_id: UUID) -> WebhookDelivery:
    """Something to tell that means nothing."""
    hook = await get(session, principal=principal, webhook_id=webhook_id)
    if not hook.active:
        raise Conflict("it is not active, so it is told nothing: make it active first", code="not_active")
    return await _enqueue(session, hook, actor=principal.actor, action=TEST, subject=_subject(hook), data={})


async def create(
    session: AsyncSession, *, principal: Principal, project: str, keys: Keys, told: dict[str, Any]
) -> WebhookSecret:
    """`keys` encrypt its secret; `told` are columns."""
    parent = await projects.get(session, principal=principal, ref=project, action=Action.MANAGE)
    repository = WebhookRepository(session)
    await check_room(repository, Listed.WEBHOOKS, Webhook.project_id == parent.id)
    secret = signature.new_secret()
    hook = Webhook(
        org_id=parent.org_id,
        project_id=parent.id,
        secret=signature.sealed(keys, secret),
        created_by=principal.actor_id,
        **told,
    )
    await repository.add(hook)
    await _record(session, principal, hook, "webhook.created", {"url": hook.url, "events": hook.events})
    return _with_secret(hook, secret)


async def webhooks(session: AsyncSession, *, principal: Principal, project: str) -> Sequence[Webhook]:
    parent = await projects.get(session, principal=principal, ref=project, action=Action.MANAGE)
    return await WebhookRepository(session).every(Webhook.project_id == parent.id)


async def get(session: AsyncSession, *, principal: Principal, webhook_id: UUID) -> Webhook:
    hook = await WebhookRepository(session).get(webhook_id)
    if hook is None:
        raise NotFound("webhook", webhook_id)
    auth.require(principal, Action.MANAGE, hook.org_id, hook.project_id)
    return hook


async def update(session: AsyncSession, *, principal: Principal, webhook_id: UUID, changes: dict[str, Any]) -> Webhook:
    """`changes` are columns."""
    hook = await get(session, principal=principal, webhook_id=webhook_id)
    before = {name: getattr(hook, name) for name in changes}
    if before == changes:
        return hook
    for name, value in changes.items():
        setattr(hook, name, value)
    await session.flush()
    await _record(session, principal, hook, "webhook.changed", {"before": before, "after": changes})
    return hook


async def rotate(session: AsyncSession, *, principal: Principal, webhook_id: UUID, keys: Keys) -> WebhookSecret:
    """A new secret; the one before it signs as well for a day, so that the receiver can change over."""
    hook = await get(session, principal=principal, webhook_id=webhook_id)
    secret = signature.new_secret()
    hook.previous_secret, hook.previous_until = hook.secret, now() + OVERLAP
    hook.secret = signature.sealed(keys, secret)
    await session.flush()
    await _record(session, principal, hook, "webhook.rotated", {"url": hook.url})
    return _with_secret(hook, secret)


async def remove(session: AsyncSession, *, principal: Principal, webhook_id: UUID) -> None:
    """With what it was to be told."""
    hook = await get(session, principal=principal, webhook_id=webhook_id)
    await WebhookRepository(session).remove(hook)
    data = {"before": {"url": hook.url, "events": hook.events}, "after": None}
    await _record(session, principal, hook, "webhook.deleted", data)


async def deliveries(
    session: AsyncSession,
    *,
    principal: Principal,
    webhook_id: UUID,
    status: DeliveryStatus | None,
    request: PageRequest,
) -> Rows[WebhookDelivery]:
    hook = await get(session, principal=principal, webhook_id=webhook_id)
    wanted = [WebhookDelivery.webhook_id == hook.id]
    if status:
        wanted.append(WebhookDelivery.status == status)
    return page(await DeliveryRepository(session).page(request, *wanted), request)


async def redeliver(
    session: AsyncSession, *, principal: Principal, webhook_id: UUID, delivery_id: UUID
) -> WebhookDelivery:
    """Under the same id, whether it came through before or not. Raises `Conflict` while it is still being tried."""
    hook = await get(session, principal=principal, webhook_id=webhook_id)
    delivery = await DeliveryRepository(session).locked(delivery_id)
    if delivery is None or delivery.webhook_id != hook.id:
        raise NotFound("delivery", delivery_id)
    if delivery.status == DeliveryStatus.PENDING and delivery.lease_id is not None:
        raise Conflict("it is being sent at this moment", code="under_way")
    delivery.status, delivery.attempts, delivery.ended_at = DeliveryStatus.PENDING, 0, None
    delivery.next_attempt_at = now()
    await session.flush()
    await _record(session, principal, hook, "webhook.redelivered", {"delivery": str(delivery.id)})
    await notify(session, TOPIC, project=hook.project_id)
    return delivery


async def _enqueue(
    session: AsyncSession, hook: Webhook, *, actor: Actor, action: str, subject: Subject, data: dict[str, Any]
) -> WebhookDelivery:
    told = {
        "organization_id": str(hook.org_id),
        "project_id": str(hook.project_id),
        "actor": {"type": actor.kind, "id": str(actor.id) if actor.id else None},
        "subject": {"type": subject.kind, "id": str(subject.id)},
        **data,
    }
    delivery = WebhookDelivery(
        org_id=hook.org_id,
        project_id=hook.project_id,
        webhook_id=hook.id,
        action=action,
        payload={"type": action, "timestamp": now().isoformat(), "data": told},
        status=DeliveryStatus.PENDING,
        next_attempt_at=now(),
    )
    await DeliveryRepository(session).add(delivery)
    await notify(session, TOPIC, project=hook.project_id)
    return delivery


def _subject(hook: Webhook) -> Subject:
    return Subject("webhook", hook.id, hook.org_id, hook.project_id)


def _with_secret(hook: Webhook, secret: str) -> WebhookSecret:
    return WebhookSecret(**WebhookRead.model_validate(hook).model_dump(), secret=secret)


async def _record(
    session: AsyncSession, principal: Principal, hook: Webhook, action: str, data: dict[str, Any]
) -> None:
    await activity.record(session, principal.actor, action, _subject(hook), data)
