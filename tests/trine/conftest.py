import asyncio
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from app.config import Settings
from app.kit.db import CONTROLLER, Database
from app.scheduler.inventory import ensure_cluster
from tests.fixtures.db import Prepared
from tests.trine import shell
from tests.trine.live import Live
from tests.trine.wire import KEY, Wire
from trine.client import Client

PASSWORD = "correct horse battery"


@pytest.fixture(scope="session", autouse=True)
def commands() -> Iterator[None]:
    yield
    shell.close()


@dataclass(frozen=True)
class Person:
    email: str
    org: str
    project: str
    key: str


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Wire]:
    """A platform that answers, a home of its own, and a key for it in the environment."""
    server = Wire()
    server.start()
    monkeypatch.setenv("TRINE_URL", server.url)
    monkeypatch.setenv("TRINE_API_KEY", KEY)
    monkeypatch.setenv("TRINE_HOME", str(tmp_path / "home"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def live(settings: Settings, prepared: Prepared) -> Iterator[Live]:
    """With the queue that the first controller makes."""
    controller = threading.Thread(target=lambda: asyncio.run(_make_queue(settings, prepared.url("controller"))))
    controller.start()
    controller.join()
    server = Live(settings)
    server.start()
    yield server
    server.stop()


async def _make_queue(settings: Settings, url: str) -> None:
    database = Database(url, pool_size=1)
    async with database.session(CONTROLLER) as session:
        await ensure_cluster(session, settings)
    await database.close()


@pytest.fixture(scope="session")
def person(live: Live) -> Person:
    return _registered(live)


@pytest.fixture
def guest(live: Live) -> Person:
    """Of another organization."""
    return _registered(live)


def _registered(live: Live) -> Person:
    email = f"{secrets.token_hex(4)}@example.com"
    registration = {"email": email, "password": PASSWORD, "name": "Ada", "organization": f"Org {email}"}
    answer = httpx.post(f"{live.url}/api/v1/auth/register", json=registration).raise_for_status().json()
    org = answer["organizations"][0]["slug"]
    with Client(live.url, answer["token"]) as client:
        slug = f"p-{secrets.token_hex(4)}"
        client.projects.create(org=org, slug=slug)
        key = client.api_keys.create(name="tests", project=slug).key
    return Person(email, org, slug, key)


@pytest.fixture
def signed_in(live: Live, person: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Person:
    """The key in the environment, and a home of its own."""
    monkeypatch.setenv("TRINE_URL", live.url)
    monkeypatch.setenv("TRINE_API_KEY", person.key)
    monkeypatch.setenv("TRINE_HOME", str(tmp_path / "home"))
    return person


@pytest.fixture
def client(signed_in: Person) -> Iterator[Client]:
    with Client() as opened:
        yield opened
