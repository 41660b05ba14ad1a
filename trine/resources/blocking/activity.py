# Made of `trine/resources/aio` by `scripts/blocking_client.py`: change that, then run it.
# ruff: noqa
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import httpx

from trine.errors import ConnectionFailed
from trine.records.activity import ActivityEvent
from trine.resources.blocking.base import API, Resource


class Events(Resource):
    """Who did what, and who was refused what."""

    def list(
        self,
        *,
        action: str | None = None,
        actor: UUID | str | None = None,
        subject: UUID | str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        limit: int | None = None,
    ) -> Iterator[ActivityEvent]:
        """Newest first. `action` is one such as `run.created`, or a family such as `run`; moments have an offset."""
        narrowed = wanted(action, actor, subject, created_after, created_before)
        return self._pages(ActivityEvent, "/events/history", limit=limit, **narrowed)

    def export(
        self,
        *,
        organization: UUID | str | None = None,
        action: str | None = None,
        actor: UUID | str | None = None,
        subject: UUID | str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
    ) -> Iterator[str]:
        """Everything of one organization, oldest first, each event as a line of JSON; for those who manage members.

        Raises `ConnectionFailed` where it breaks off: what came until then is not the whole.
        """
        narrowed = wanted(action, actor, subject, created_after, created_before)
        params = {"org_id": organization, **narrowed}
        try:
            with self._transport.open(f"{API}/events:export", params=params) as response:
                for line in response.iter_lines():
                    yield line
        except httpx.TransportError as error:
            raise ConnectionFailed(
                "The export broke off: what was written is not the whole.",
                advice="Run it again; the credential may have ended, or the connection.",
            ) from error


def wanted(
    action: str | None,
    actor: UUID | str | None,
    subject: UUID | str | None,
    created_after: datetime | None,
    created_before: datetime | None,
) -> dict[str, str | None]:
    return {
        "action": action,
        "actor_id": str(actor) if actor else None,
        "subject_id": str(subject) if subject else None,
        "created_after": created_after.isoformat() if created_after else None,
        "created_before": created_before.isoformat() if created_before else None,
    }
