from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, ValidationError


class WebhookEvent(StrEnum):
    """What can be told: actions of the activity."""

    MODEL_CREATED = "model.created"
    MODEL_CHANGED = "model.changed"
    MODEL_DELETED = "model.deleted"
    MODEL_UNDELETED = "model.undeleted"
    VERSION_CREATED = "model_version.created"
    VERSION_CHANGED = "model_version.changed"
    VERSION_CARD_CHANGED = "model_version.card_changed"
    VERSION_APPROVED = "model_version.approved"
    VERSION_DELETED = "model_version.deleted"
    VERSION_UNDELETED = "model_version.undeleted"
    ALIAS_MOVED = "model_alias.moved"
    ALIAS_REFUSED = "model_alias.refused"
    ALIAS_REMOVED = "model_alias.removed"


TEST = "webhook.test"
"""What a webhook is told when somebody tries it; whatever its events are."""


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


def _whole(url: str) -> str:
    try:
        parts = HttpUrl(url)
    except ValidationError as error:
        raise ValueError(f"{url!r} is no address of https: {error.errors()[0]['msg']}") from error
    if parts.username or parts.password:
        raise ValueError("write no password into the address: what is sent is signed, which tells who sent it")
    if parts.fragment:
        raise ValueError("an address that is asked has no part behind #")
    return str(parts)


Url = Annotated[str, Field(max_length=2000), AfterValidator(_whole)]
Events = Annotated[list[WebhookEvent], Field(min_length=1, max_length=len(WebhookEvent))]
Description = Annotated[str, Field(max_length=4000)]


class WebhookCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: Url
    """https, of a public address, or one that the platform's administrator allows."""
    events: Events
    description: Description = ""


class WebhookUpdate(BaseModel):
    """What is not named stays as it is."""

    model_config = ConfigDict(extra="forbid")

    url: Url = ""
    events: Events = []
    description: Description = ""
    active: bool = True
    """Where it is not, nothing is told; what happens meanwhile is not told later."""


class WebhookRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    project_id: UUID
    url: str
    events: list[str]
    description: str
    active: bool
    previous_until: datetime | None
    """Until when the secret before this one signs as well."""
    created_at: datetime


class WebhookSecret(WebhookRead):
    secret: str
    """Shown this once."""


class DeliveryRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    """Sent as `webhook-id`, the same in every attempt."""
    webhook_id: UUID
    action: str
    payload: dict[str, Any]
    status: Literal["pending", "delivered", "failed"]
    attempts: int
    next_attempt_at: datetime
    """Of one that is pending."""
    response_status: int | None
    error: str | None
    seconds: float | None
    created_at: datetime
    ended_at: datetime | None
