from collections.abc import AsyncIterator, Sequence
from typing import Any

from trine.records.webhooks import Webhook, WebhookDelivery, WebhookSecret
from trine.resources.aio.base import API, Reference, Resource


class Webhooks(Resource):
    async def create(
        self, *, url: str, events: Sequence[str], description: str = "", project: str | None = None
    ) -> WebhookSecret:
        """Its secret is shown this once."""
        place = f"/projects/{await self._connection.project(project)}/webhooks"
        body = {"url": url, "events": [*events], "description": description}
        return await self._one(WebhookSecret, "POST", place, json=body)

    async def list(self, *, project: str | None = None) -> Sequence[Webhook]:
        return await self._all(Webhook, "GET", f"/projects/{await self._connection.project(project)}/webhooks")

    async def get(self, webhook: Reference) -> Webhook:
        return await self._one(Webhook, "GET", f"/webhooks/{webhook}")

    async def update(self, webhook: Reference, **changes: Any) -> Webhook:
        """Of `url`, `events`, `description` and `active`."""
        return await self._one(Webhook, "PATCH", f"/webhooks/{webhook}", json=changes)

    async def remove(self, webhook: Reference) -> None:
        """For good, with what it was to be told."""
        await self._transport.request("DELETE", f"{API}/webhooks/{webhook}")

    async def rotate(self, webhook: Reference) -> WebhookSecret:
        """A new secret; for a day the one before it signs as well."""
        return await self._one(WebhookSecret, "POST", f"/webhooks/{webhook}:rotate")

    async def test(self, webhook: Reference) -> WebhookDelivery:
        """Tells it something that means nothing."""
        return await self._one(WebhookDelivery, "POST", f"/webhooks/{webhook}:test")

    async def deliveries(
        self, webhook: Reference, *, status: str | None = None, limit: int | None = None
    ) -> AsyncIterator[WebhookDelivery]:
        """The newest first; `status`: pending, delivered or failed."""
        async for found in self._pages(WebhookDelivery, f"/webhooks/{webhook}/deliveries", limit=limit, status=status):
            yield found

    async def redeliver(self, webhook: Reference, delivery: Reference) -> WebhookDelivery:
        """Once more, under the same id."""
        return await self._one(WebhookDelivery, "POST", f"/webhooks/{webhook}/deliveries/{delivery}:redeliver")
