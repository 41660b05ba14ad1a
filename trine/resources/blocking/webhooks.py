# Made of `trine/resources/aio` by `scripts/blocking_client.py`: change that, then run it.
# ruff: noqa
from collections.abc import Iterator, Sequence
from typing import Any

from trine.records.webhooks import Webhook, WebhookDelivery, WebhookSecret
from trine.resources.blocking.base import API, Reference, Resource


class Webhooks(Resource):
    def create(
        self, *, url: str, events: Sequence[str], description: str = "", project: str | None = None
    ) -> WebhookSecret:
        """Its secret is shown this once."""
        place = f"/projects/{self._connection.project(project)}/webhooks"
        body = {"url": url, "events": [*events], "description": description}
        return self._one(WebhookSecret, "POST", place, json=body)

    def list(self, *, project: str | None = None) -> Sequence[Webhook]:
        return self._all(Webhook, "GET", f"/projects/{self._connection.project(project)}/webhooks")

    def get(self, webhook: Reference) -> Webhook:
        return self._one(Webhook, "GET", f"/webhooks/{webhook}")

    def update(self, webhook: Reference, **changes: Any) -> Webhook:
        """Of `url`, `events`, `description` and `active`."""
        return self._one(Webhook, "PATCH", f"/webhooks/{webhook}", json=changes)

    def remove(self, webhook: Reference) -> None:
        """For good, with what it was to be told."""
        self._transport.request("DELETE", f"{API}/webhooks/{webhook}")

    def rotate(self, webhook: Reference) -> WebhookSecret:
        """A new secret; for a day the one before it signs as well."""
        return self._one(WebhookSecret, "POST", f"/webhooks/{webhook}:rotate")

    def test(self, webhook: Reference) -> WebhookDelivery:
        """Tells it something that means nothing."""
        return self._one(WebhookDelivery, "POST", f"/webhooks/{webhook}:test")

    def deliveries(
        self, webhook: Reference, *, status: str | None = None, limit: int | None = None
    ) -> Iterator[WebhookDelivery]:
        """The newest first; `status`: pending, delivered or failed."""
        for found in self._pages(WebhookDelivery, f"/webhooks/{webhook}/deliveries", limit=limit, status=status):
            yield found

    def redeliver(self, webhook: Reference, delivery: Reference) -> WebhookDelivery:
        """Once more, under the same id."""
        return self._one(WebhookDelivery, "POST", f"/webhooks/{webhook}/deliveries/{delivery}:redeliver")
