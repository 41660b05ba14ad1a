"""A large file from the client to the real application, while one or the other is killed."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

import trine
from app.storage import parts
from tests.app.storage.content import digest, some
from tests.fixtures.db import Prepared
from tests.trine.conftest import Person
from tests.trine.live import Live
from trine import multipart
from trine.artifacts import upload
from trine.client import Client
from trine.errors import DigestMismatch
from trine.transport import Transport

ROOT = Path(__file__).parents[2]
SIZE = 3 * parts.PART_BYTES + 5
SENDER = """
import sys
from pathlib import Path
from trine.artifacts import upload
from trine.transport import Transport

def progress(done, total):
    print(done, flush=True)
    sys.stdin.readline()  # nobody ever writes: it is killed here

url, token, run, path = sys.argv[1:]
upload(Transport(url, token), run, Path(path), name="large", progress=progress)
"""
SERVER = """
import sys
from pathlib import Path
import uvicorn
from app.config import Settings
from app.main import build_app

home, port = sys.argv[1:]
uvicorn.run(build_app(Settings(home=Path(home))), port=int(port), log_level="warning")
"""


class Counting(Transport):
    """Remembers which parts it sent."""

    sent: list[str]

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        if method == "PUT":
            self.sent.append(path.rpartition("/")[2])
        return super().request(method, path, **options)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "weights.bin"
    path.write_bytes(some(SIZE))
    return path


def counting(url: str, key: str) -> Counting:
    transport = Counting(url, key)
    transport.sent = []
    return transport


def assert_is_stored(client: Client, artifact: str, large: Path, folder: Path) -> None:
    back = client.artifacts.download(artifact, large.name, folder / "back")
    assert digest(back.read_bytes()) == digest(large.read_bytes())
    back.unlink()


def test_a_killed_client_goes_on_where_it_was(
    client: Client, live: Live, signed_in: Person, large: Path, tmp_path: Path
) -> None:
    run = trine.init(name="killed client")
    command = [sys.executable, "-c", SENDER, live.url, signed_in.key, run.id, str(large)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as sender:
        assert sender.stdout is not None
        assert int(sender.stdout.readline()) > 0, "a part has arrived"
        sender.kill()
    transport, heard = counting(live.url, signed_in.key), []
    artifact = upload(transport, run.id, large, name="large", progress=lambda done, total: heard.append((done, total)))
    assert 0 < len(transport.sent) < parts.count(SIZE), "what had arrived is not sent again"
    assert heard[-1] == (SIZE, SIZE)
    assert [done for done, _ in heard] == sorted({done for done, _ in heard})
    assert_is_stored(client, artifact, large, tmp_path)
    transport.sent.clear()
    upload(transport, run.id, large, name="again")
    assert transport.sent == []
    transport.close()
    run.finish()


@pytest.fixture
def server(prepared: Prepared) -> Iterator["Server"]:
    made = Server(prepared.home)
    made.start()
    yield made
    made.kill()


class Server:
    """The application as a process of its own, which can be killed and comes back at the same address."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._home = home

    def start(self) -> None:
        environment = {name: told for name, told in os.environ.items() if not name.startswith("TRINE_")}
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(self._home), str(self.port)], cwd=ROOT, env=environment
        )
        transport = Transport(self.url, None)
        transport.request("GET", "/healthz", patience=60)
        transport.close()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


def test_a_killed_server_is_waited_for(
    client: Client, server: Server, signed_in: Person, large: Path, tmp_path: Path
) -> None:
    run = trine.init(name="killed server")
    arrived, transport = threading.Event(), counting(server.url, signed_in.key)
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(
            upload, transport, run.id, large, name="large", progress=lambda done, total: arrived.set()
        )
        assert arrived.wait(60)
        server.kill()
        server.start()
        artifact = sending.result()
    assert_is_stored(client, artifact, large, tmp_path)
    transport.close()
    run.finish()


def test_a_file_that_changes_while_it_is_sent_is_refused(client: Client, signed_in: Person, tmp_path: Path) -> None:
    run = trine.init(name="changes")
    (tmp_path / "file").write_bytes(b"after!")
    with pytest.raises(DigestMismatch, match="changed while it was sent"):
        multipart.send(client.transport, run.id, tmp_path / "file", sha256=digest(b"before"), size=6)
    run.finish()
