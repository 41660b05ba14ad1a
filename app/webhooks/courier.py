"""Delivers what the outbox holds; the controller runs it. At least once, under one id, however often it is tried.

Load, send, apply, as the controller does: a row is leased, sent with no session open, and what became of it is written
where the lease still stands. Killed in between, it is sent again when the lease has ended. Of each webhook one is under
way at a time, so a receiver that is slow delays no other.
"""

import asyncio
import json
import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from app.activity import service as activity
from app.activity.actor import CONTROLLER as PLATFORM
from app.activity.actor import Subject
from app.config import Settings
from app.kit.addresses import AddressRefused
from app.kit.clock import now
from app.kit.db import AWAY, CONTROLLER, Database
from app.kit.keyfile import Keys
from app.kit.notify import Listener
from app.kit.outbound import Outbound, Unreachable
from app.tables import Webhook, WebhookDelivery
from app.webhooks import backoff, signature
from app.webhooks.repository import DeliveryRepository, WebhookRepository
from app.webhooks.schemas import DeliveryStatus
from app.webhooks.service import TOPIC

log = structlog.get_logger(__name__)

AT_ONCE = 32
"""Receivers that are sent to at the same time."""
IDLE_SECONDS = 5.0
"""Longest wait between two looks: for what NOTIFY did not tell."""
PATIENCE_SECONDS = 15.0
"""For the answer of a receiver, as Standard Webhooks advises."""
LEASE = timedelta(seconds=60)
TIDY_SECONDS = 600.0
KEPT = timedelta(days=30)
"""Deliveries that have ended."""
SWEPT_AT_ONCE = 1000
GONE = 410
"""The receiver wants nothing any more."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery under lease, and all that sending it takes."""

    id: UUID
    lease_id: UUID
    url: str
    body: str
    secrets: tuple[str, ...]
    """Empty where they are lost."""


@dataclass(frozen=True, slots=True)
class Receipt:
    status: int | None = None
    error: str | None = None
    seconds: float = 0.0
    is_final: bool = False
    """No attempt more would help."""


class Courier:
    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._outbound = Outbound(settings.allowed_addresses, seconds=PATIENCE_SECONDS)
        self._under_way: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()

    async def run(self, listener: Listener) -> None:
        """Until cancelled."""
        listener.on_message(TOPIC, self._wake.set)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._looks())
                group.create_task(self._tidies())
        finally:
            for task in self._under_way:
                task.cancel()
            await self.settle()

    async def turn(self) -> None:
        """Begins to send what is due."""
        free = AT_ONCE - len(self._under_way)
        async with self._database.session(CONTROLLER) as session:
            parcels = await self._take(session, free) if free > 0 else []
        for parcel in parcels:
            task = asyncio.create_task(self._deliver(parcel))
            self._under_way.add(task)
            task.add_done_callback(self._done)

    async def settle(self) -> None:
        """Until what was begun is done."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def tidy(self) -> int:
        """Deliveries removed that ended long ago. Secrets are encrypted anew where the platform's key has changed."""
        async with self._database.session(CONTROLLER) as session:
            hooks = await WebhookRepository(session).every()
        for webhook_id in [hook.id for hook in hooks if _is_stale(hook, self._settings.signing_keys)]:
            async with self._database.session(CONTROLLER) as session:
                # As it is now: somebody may have rotated it meanwhile.
                if fresh := await WebhookRepository(session).locked(webhook_id):
                    _renew(fresh, self._settings.signing_keys)
        total, removed = 0, SWEPT_AT_ONCE
        while removed == SWEPT_AT_ONCE:
            async with self._database.session(CONTROLLER) as session:
                removed = await DeliveryRepository(session).sweep(KEPT, SWEPT_AT_ONCE)
            total += removed
        return total

    async def _looks(self) -> None:
        while True:
            self._wake.clear()
            seconds = await self._look()
            try:
                async with asyncio.timeout(seconds):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _tidies(self) -> None:
        while True:
            try:
                await self.tidy()
            except AWAY as error:
                log.warning("webhooks.database_away", error=type(error).__name__)
            await asyncio.sleep(TIDY_SECONDS)

    async def _look(self) -> float:
        """Seconds until something may be due."""
        try:
            await self.turn()
            async with self._database.session(CONTROLLER) as session:
                due = await DeliveryRepository(session).next_due()
        except AWAY as error:
            log.warning("webhooks.database_away", error=type(error).__name__)
            return 1.0
        return IDLE_SECONDS if due is None else min(IDLE_SECONDS, max(0.1, (due - now()).total_seconds()))

    async def _take(self, session: AsyncSession, limit: int) -> list[Parcel]:
        parcels = []
        for row in await DeliveryRepository(session).due(limit):
            hook = await WebhookRepository(session).locked(row.webhook_id)
            if hook is None:
                continue
            row.lease_id, row.lease_expires_at = uuid7(), now() + LEASE
            body = json.dumps(row.payload, ensure_ascii=False, separators=(",", ":"))
            parcels.append(Parcel(row.id, row.lease_id, hook.url, body, _secrets(hook, self._settings.signing_keys)))
        return parcels

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        # Of the same webhook there may be more.
        self._wake.set()
        if not task.cancelled() and (error := task.exception()):
            log.error("webhooks.not_applied", error=type(error).__name__)

    async def _deliver(self, parcel: Parcel) -> None:
        receipt = await self._send(parcel)
        async with self._database.session(CONTROLLER) as session:
            row = await DeliveryRepository(session).leased(parcel.id, parcel.lease_id)
            if row is not None:
                await _apply(session, row, receipt)

    async def _send(self, parcel: Parcel) -> Receipt:
        if not parcel.secrets:
            return Receipt(error="its secret cannot be read any more: rotate it", is_final=True)
        timestamp = int(time.time())
        message_id = f"msg_{parcel.id.hex}"
        signed = signature.sign(parcel.secrets, message_id=message_id, timestamp=timestamp, body=parcel.body)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signed,
        }
        started = time.perf_counter()
        try:
            answer = await self._outbound.ask("POST", parcel.url, headers=headers, content=parcel.body)
        except AddressRefused as error:
            # Who owns the name may point it elsewhere tomorrow, and an administrator may allow it.
            return Receipt(error=str(error), seconds=time.perf_counter() - started)
        except Unreachable as error:
            return Receipt(error=str(error), seconds=time.perf_counter() - started)
        seconds = time.perf_counter() - started
        if 200 <= answer.status < 300:
            return Receipt(answer.status, seconds=seconds)
        return Receipt(answer.status, f"it answered {answer.status}", seconds, is_final=answer.status == GONE)


def _secrets(hook: Webhook, keys: Keys) -> tuple[str, ...]:
    """The current one first."""
    held = [hook.secret]
    if hook.previous_secret and hook.previous_until and hook.previous_until > now():
        held.append(hook.previous_secret)
    try:
        return tuple(signature.opened(keys, stored) for stored in held)
    except signature.SecretLost:
        return ()


def _is_stale(hook: Webhook, keys: Keys) -> bool:
    """A secret is encrypted under an older key, or one holds no longer."""
    held = [stored for stored in (hook.secret, hook.previous_secret) if stored]
    older = any(signature.resealed(keys, stored) is not stored for stored in held)
    return older or (hook.previous_until is not None and hook.previous_until < now())


def _renew(hook: Webhook, keys: Keys) -> None:
    hook.secret = signature.resealed(keys, hook.secret)
    if hook.previous_until and hook.previous_until < now():
        hook.previous_secret = hook.previous_until = None
    elif hook.previous_secret:
        hook.previous_secret = signature.resealed(keys, hook.previous_secret)


async def _apply(session: AsyncSession, row: WebhookDelivery, receipt: Receipt) -> None:
    row.lease_id = row.lease_expires_at = None
    row.attempts += 1
    row.response_status, row.error, row.seconds = receipt.status, receipt.error, receipt.seconds
    if receipt.error is None:
        row.status, row.ended_at = DeliveryStatus.DELIVERED, now()
        return
    pause = None if receipt.is_final else backoff.pause(row.attempts)
    if pause is not None:
        row.next_attempt_at = now() + pause
        return
    row.status, row.ended_at = DeliveryStatus.FAILED, now()
    subject = Subject("webhook", row.webhook_id, row.org_id, row.project_id)
    data = {"delivery": str(row.id), "attempts": row.attempts, "error": receipt.error}
    await activity.record(session, PLATFORM, "webhook.failed", subject, data)
    if receipt.status == GONE:
        await _switch_off(session, row)


async def _switch_off(session: AsyncSession, row: WebhookDelivery) -> None:
    hook = await WebhookRepository(session).locked(row.webhook_id)
    if hook is not None and hook.active:
        hook.active = False
        subject = Subject("webhook", hook.id, hook.org_id, hook.project_id)
        data = {"before": {"active": True}, "after": {"active": False}, "why": "the receiver answered 410"}
        await activity.record(session, PLATFORM, "webhook.changed", subject, data)
