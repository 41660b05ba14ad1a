"""What happens reaches a real receiver on this machine, whatever goes wrong on the way."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from pydantic import SecretStr
from sqlalchemy import text

from app.config import Settings
from app.kit.addresses import Allowed
from app.kit.clock import now
from app.kit.db import CONTROLLER, Database
from app.kit.notify import Listener
from app.webhooks import courier as couriers
from app.webhooks.backoff import ATTEMPTS
from app.webhooks.courier import Courier
from app.webhooks.signature import opened, sign
from tests.app.registry.test_routes import new_model, new_versions, point
from tests.fixtures.app import serving
from tests.fixtures.auth import Person
from tests.fixtures.db import Prepared

ROOT = Path(__file__).parents[3]


@dataclass
class Receiver:
    """Keeps what it is told, and answers with `status`."""

    url: str = ""
    status: int = 204
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)
    holds: asyncio.Event | None = None
    """Where it is there, nothing is answered until it is set."""
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: Request) -> Response:
        self.got.append((dict(request.headers), (await request.body()).decode()))
        self.arrived.set()
        if self.holds:
            await self.holds.wait()
        headers = {"Location": "http://127.0.0.1:1/"} if 300 <= self.status < 400 else {}
        return Response(status_code=self.status, headers=headers)

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    app = FastAPI()
    app.post("/hook")(made.take)
    async with serving(app) as address:
        made.url = f"{address}/hook"
        yield made


def another(settings: Settings, database: Database, receiver: Receiver | None) -> Courier:
    """A courier that may ask the receiver, though it is on this machine."""
    allowed = (Allowed.parse(receiver.url.split("/")[2]),) if receiver else ()
    return Courier(settings.model_copy(update={"allowed_addresses": allowed}), database)


@pytest.fixture
async def courier(settings: Settings, controller_database: Database, receiver: Receiver) -> AsyncIterator[Courier]:
    await forget(controller_database)
    made = another(settings, controller_database, receiver)
    yield made
    await made.settle()
    await forget(controller_database)


async def forget(database: Database) -> None:
    async with database.session(CONTROLLER) as session:
        await session.execute(text("DELETE FROM webhooks"))


async def work(courier: Courier, times: int = 1) -> None:
    for _ in range(times):
        await courier.turn()
        await courier.settle()


async def later(database: Database) -> None:
    """So much that leases have ended, and what was put off is due."""
    async with database.session(CONTROLLER) as session:
        await session.execute(
            text("UPDATE webhook_deliveries SET next_attempt_at = now(), lease_expires_at = now() - interval '1 s'")
        )


async def subscribe(ada: Person, receiver: Receiver, *events: str) -> dict[str, Any]:
    body = {"url": receiver.url, "events": list(events or ("model_alias.moved",))}
    made: dict[str, Any] = await ada.post(f"/projects/{ada.project_id}/webhooks", body)
    return made


async def deliveries(ada: Person, webhook: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await ada.get(f"/webhooks/{webhook['id']}/deliveries"))["items"]
    return found


async def test_an_alias_that_moves_is_told_and_signed(ada: Person, receiver: Receiver, courier: Courier) -> None:
    webhook = await subscribe(ada, receiver, "model_version.created", "model_alias.moved")
    model = await new_model(ada)
    await new_versions(ada, model, 1)
    await point(ada, model, 1)
    await work(courier, 2)
    assert [told["type"] for told in receiver.told] == ["model_version.created", "model_alias.moved"]
    headers, body = receiver.got[1]
    signed = sign(
        [webhook["secret"]],
        message_id=headers["webhook-id"],
        timestamp=int(headers["webhook-timestamp"]),
        body=body,
    )
    assert headers["webhook-signature"] == signed
    data = receiver.told[1]["data"]
    assert (data["model"], data["alias"], data["before"], data["after"]) == ("net", "champion", None, 1)
    assert data["project_id"] == str(ada.project_id)
    newest, oldest = await deliveries(ada, webhook)
    for delivery in (newest, oldest):
        assert (delivery["status"], delivery["attempts"], delivery["response_status"]) == ("delivered", 1, 204)
    assert headers["webhook-id"] == "msg_" + newest["id"].replace("-", "")


async def test_what_was_not_asked_for_is_not_told(
    ada: Person, bob: Person, receiver: Receiver, courier: Courier
) -> None:
    webhook = await subscribe(ada, receiver, "model_alias.removed")
    for person in (ada, bob):
        model = await new_model(person)
        await new_versions(person, model, 1)
        await point(person, model, 1)
    await work(courier)
    assert await deliveries(ada, webhook) == []
    assert receiver.got == []


async def test_deleting_and_undeleting_are_told(ada: Person, receiver: Receiver, courier: Courier) -> None:
    await subscribe(ada, receiver, "model_version.deleted", "model_version.undeleted", "model.deleted")
    model = await new_model(ada)
    await new_versions(ada, model, 1)
    await ada.http.delete(f"/api/v1/models/{model}/versions/1")
    await ada.post(f"/models/{model}/versions/1:undelete")
    await ada.http.delete(f"/api/v1/models/{model}")
    await work(courier, 3)
    assert [told["type"] for told in receiver.told] == [
        "model_version.deleted",
        "model_version.undeleted",
        "model.deleted",
    ]


async def test_a_refused_change_is_not_told(ada: Person, receiver: Receiver, courier: Courier) -> None:
    webhook = await subscribe(ada, receiver)
    model = await new_model(ada)
    reply = await ada.http.put(f"/api/v1/models/{model}/aliases/champion", json={"version": 1})
    assert reply.status_code == 404
    assert await deliveries(ada, webhook) == []


async def test_a_receiver_that_fails_is_told_again_until_it_takes_it(
    ada: Person, receiver: Receiver, courier: Courier, controller_database: Database
) -> None:
    webhook = await subscribe(ada, receiver)
    await ada.post(f"/webhooks/{webhook['id']}:test")
    receiver.status = 500
    await work(courier)
    (delivery,) = await deliveries(ada, webhook)
    assert (delivery["status"], delivery["attempts"], delivery["response_status"]) == ("pending", 1, 500)
    assert "500" in delivery["error"]
    await work(courier)
    assert len(receiver.got) == 1, "not before its time"
    await later(controller_database)
    receiver.status = 200
    await work(courier)
    (delivery,) = await deliveries(ada, webhook)
    assert (delivery["status"], delivery["attempts"], delivery["error"]) == ("delivered", 2, None)
    assert receiver.ids == [receiver.ids[0]] * 2, "the same message"


async def test_after_so_many_attempts_it_has_failed_and_can_be_asked_for_again(
    ada: Person, receiver: Receiver, courier: Courier, controller_database: Database
) -> None:
    webhook = await subscribe(ada, receiver)
    await ada.post(f"/webhooks/{webhook['id']}:test")
    receiver.status = 503
    for _ in range(ATTEMPTS + 2):
        await work(courier)
        await later(controller_database)
    (delivery,) = await deliveries(ada, webhook)
    assert (delivery["status"], delivery["attempts"], len(receiver.got)) == ("failed", ATTEMPTS, ATTEMPTS)
    events = (await ada.get("/events/history", params={"subject_id": webhook["id"]}))["items"]
    assert events[0]["action"] == "webhook.failed"
    receiver.status = 200
    again = await ada.post(f"/webhooks/{webhook['id']}/deliveries/{delivery['id']}:redeliver")
    assert (again["status"], again["attempts"]) == ("pending", 0)
    await work(courier)
    assert (await deliveries(ada, webhook))[0]["status"] == "delivered"
    assert len(set(receiver.ids)) == 1


async def test_a_receiver_that_is_gone_is_left_alone(ada: Person, receiver: Receiver, courier: Courier) -> None:
    webhook = await subscribe(ada, receiver)
    await ada.post(f"/webhooks/{webhook['id']}:test")
    await ada.post(f"/webhooks/{webhook['id']}:test")
    receiver.status = 410
    await work(courier, 3)
    assert len(receiver.got) == 1
    assert (await ada.get(f"/webhooks/{webhook['id']}"))["active"] is False
    assert [each["status"] for each in await deliveries(ada, webhook)] == ["pending", "failed"]
    refused = await ada.http.post(f"/api/v1/webhooks/{webhook['id']}:test")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_active")
    await ada.patch(f"/webhooks/{webhook['id']}", {"active": True})
    receiver.status = 200
    await work(courier)
    assert len(receiver.got) == 2


async def test_nothing_is_sent_inside_and_no_redirect_is_followed(
    ada: Person, receiver: Receiver, courier: Courier, settings: Settings, controller_database: Database
) -> None:
    webhook = await subscribe(ada, receiver)
    await ada.post(f"/webhooks/{webhook['id']}:test")
    await work(another(settings, controller_database, None))
    (delivery,) = await deliveries(ada, webhook)
    assert receiver.got == []
    assert "not a public address" in delivery["error"]
    assert delivery["status"] == "pending"
    await later(controller_database)
    receiver.status = 302
    await work(courier)
    (delivery,) = await deliveries(ada, webhook)
    assert (delivery["response_status"], delivery["status"], len(receiver.got)) == (302, "pending", 1)


async def test_a_courier_that_dies_while_it_sends_loses_nothing(
    ada: Person, receiver: Receiver, settings: Settings, controller_database: Database
) -> None:
    """It is told twice, under one id; what the dead one would have written is dropped."""
    first, second = (another(settings, controller_database, receiver) for _ in range(2))
    webhook = await subscribe(ada, receiver)
    await ada.post(f"/webhooks/{webhook['id']}:test")
    receiver.holds = asyncio.Event()
    await first.turn()
    await receiver.arrived.wait()
    await work(second)
    assert len(receiver.got) == 1, "its lease stands"
    await later(controller_database)
    receiver.arrived.clear()
    await second.turn()
    await receiver.arrived.wait()
    receiver.holds.set()
    await first.settle()
    await second.settle()
    assert receiver.ids == [receiver.ids[0]] * 2
    (delivery,) = await deliveries(ada, webhook)
    assert (delivery["status"], delivery["attempts"]) == ("delivered", 1)


async def test_a_process_that_is_killed_while_it_sends_loses_nothing(
    ada: Person, receiver: Receiver, courier: Courier, prepared: Prepared, controller_database: Database
) -> None:
    """What was committed before it began is what it sends; what it did not live to write down is sent again."""
    webhook = await subscribe(ada, receiver)
    model = await new_model(ada)
    await new_versions(ada, model, 1)
    await point(ada, model, 1)
    receiver.holds = asyncio.Event()
    command = ("-m", "tests.app.webhooks.courier_process", str(prepared.home), receiver.url.split("/")[2])
    process = await asyncio.create_subprocess_exec(sys.executable, *command, cwd=ROOT)
    try:
        async with asyncio.timeout(60):
            await receiver.arrived.wait()
    finally:
        process.kill()
        await process.wait()
    receiver.holds.set()
    (delivery,) = await deliveries(ada, webhook)
    assert (delivery["status"], delivery["attempts"]) == ("pending", 0)
    await later(controller_database)
    await work(courier)
    (delivery,) = await deliveries(ada, webhook)
    assert (delivery["status"], delivery["attempts"]) == ("delivered", 1)
    assert receiver.ids == [receiver.ids[0]] * 2
    assert receiver.told[0] == receiver.told[1]


async def test_what_was_committed_before_a_courier_began_is_delivered_as_it_runs(
    ada: Person, receiver: Receiver, courier: Courier, prepared: Prepared
) -> None:
    """And what comes while it runs, without waiting for its next look."""
    webhook = await subscribe(ada, receiver)
    await ada.post(f"/webhooks/{webhook['id']}:test")
    listener = Listener(prepared.url("controller"))
    heard = asyncio.Event()
    listener.on_state(lambda state: heard.set() if state else None)
    listener.start()
    running = asyncio.create_task(courier.run(listener))
    try:
        async with asyncio.timeout(30):
            await heard.wait()
            await receiver.arrived.wait()
            receiver.arrived.clear()
            began = now()
            await ada.post(f"/webhooks/{webhook['id']}:test")
            await receiver.arrived.wait()
        assert now() - began < timedelta(seconds=couriers.IDLE_SECONDS)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await listener.stop()


async def test_a_slow_receiver_delays_no_other(ada: Person, bob: Person, receiver: Receiver, courier: Courier) -> None:
    slow, quick = await subscribe(ada, receiver), await subscribe(bob, receiver)
    for _ in range(3):
        await ada.post(f"/webhooks/{slow['id']}:test")
    await bob.post(f"/webhooks/{quick['id']}:test")
    receiver.holds = asyncio.Event()
    await courier.turn()
    await courier.turn()
    async with asyncio.timeout(10):
        while len(receiver.got) < 2:
            receiver.arrived.clear()
            await receiver.arrived.wait()
    assert len(receiver.got) == 2, "one of each"
    receiver.holds.set()
    await courier.settle()
    await work(courier, 2)
    assert len(receiver.got) == 4


async def test_after_a_rotation_both_secrets_sign(
    ada: Person, receiver: Receiver, courier: Courier, controller_database: Database
) -> None:
    webhook = await subscribe(ada, receiver)
    rotated = await ada.post(f"/webhooks/{webhook['id']}:rotate")
    assert rotated["secret"] != webhook["secret"]
    await ada.post(f"/webhooks/{webhook['id']}:test")
    await work(courier)
    headers, body = receiver.got[0]
    wanted = {"message_id": headers["webhook-id"], "timestamp": int(headers["webhook-timestamp"]), "body": body}
    assert headers["webhook-signature"] == sign([rotated["secret"], webhook["secret"]], **wanted)
    async with controller_database.session(CONTROLLER) as session:
        await session.execute(text("UPDATE webhooks SET previous_until = now() - interval '1 s'"))
    await courier.tidy()
    assert (await ada.get(f"/webhooks/{webhook['id']}"))["previous_until"] is None


async def test_of_two_couriers_one_delivers(
    ada: Person, receiver: Receiver, courier: Courier, settings: Settings, controller_database: Database
) -> None:
    webhook = await subscribe(ada, receiver)
    others = [another(settings, controller_database, receiver) for _ in range(3)]
    for _ in range(5):
        await ada.post(f"/webhooks/{webhook['id']}:test")
        await asyncio.gather(*(each.turn() for each in (courier, *others)))
        for each in (courier, *others):
            await each.settle()
    assert len(receiver.got) == len(set(receiver.ids)) == 5


async def test_a_secret_is_encrypted_anew_when_the_platform_key_has_changed(
    ada: Person, receiver: Receiver, settings: Settings, controller_database: Database
) -> None:
    webhook = await subscribe(ada, receiver)
    changed = settings.model_copy(update={"given_signing_key": SecretStr(f"another\n{settings.signing_key.decode()}")})
    renewed = another(changed, controller_database, receiver)
    await renewed.tidy()
    async with controller_database.session(CONTROLLER) as session:
        stored = await session.scalars(text("SELECT secret FROM webhooks WHERE id = :id"), {"id": webhook["id"]})
        assert opened((b"another",), stored.one()) == webhook["secret"]


async def test_deliveries_that_ended_long_ago_are_removed(
    ada: Person, receiver: Receiver, courier: Courier, controller_database: Database
) -> None:
    webhook = await subscribe(ada, receiver)
    for _ in range(2):
        await ada.post(f"/webhooks/{webhook['id']}:test")
        await work(courier)
    async with controller_database.session(CONTROLLER) as session:
        await session.execute(
            text(
                "UPDATE webhook_deliveries SET ended_at = now() - interval '31 days' "
                "WHERE id = (SELECT id FROM webhook_deliveries ORDER BY id LIMIT 1)"
            )
        )
    assert await courier.tidy() == 1
    assert len(await deliveries(ada, webhook)) == 1


@pytest.mark.parametrize(
    "url", ["ftp://example.org/", "not an address", "https://user:secret@example.org/", "https://example.org/#here"]
)
async def test_an_address_that_cannot_be_told_is_refused(ada: Person, url: str) -> None:
    body = {"url": url, "events": ["model.created"]}
    reply = await ada.http.post(f"/api/v1/projects/{ada.project_id}/webhooks", json=body)
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, "url")


async def test_the_secret_is_shown_once_and_stored_encrypted(
    ada: Person, receiver: Receiver, controller_database: Database
) -> None:
    webhook = await subscribe(ada, receiver)
    assert webhook["secret"].startswith("whsec_")
    assert "secret" not in await ada.get(f"/webhooks/{webhook['id']}")
    assert all("secret" not in each for each in await ada.get(f"/projects/{ada.project_id}/webhooks"))
    async with controller_database.session(CONTROLLER) as session:
        stored = await session.scalars(text("SELECT secret FROM webhooks WHERE id = :id"), {"id": webhook["id"]})
        assert webhook["secret"].encode() not in stored.one()
