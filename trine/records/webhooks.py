from datetime import datetime
from typing import Any
from uuid import UUID

from trine.records.base import Record


class Webhook(Record):
    id: UUID
    project_id: UUID
    url: str
    events: list[str]
    description: str
    active: bool
    previous_until: datetime | None
    """Until when the secret before this one signs as well."""
    created_at: datetime


class WebhookSecret(Webhook):
    secret: str
    """Shown this once."""


class WebhookDelivery(Record):
    id: UUID
    webhook_id: UUID
    action: str
    payload: dict[str, Any]
    status: str
    """pending, delivered or failed."""
    attempts: int
    next_attempt_at: datetime
    response_status: int | None
    error: str | None
    seconds: float | None
    created_at: datetime
    ended_at: datetime | None
