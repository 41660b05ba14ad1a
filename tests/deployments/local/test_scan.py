"""The scanner finds what answers without a credential, from another host too, and nothing else."""

import contextlib
import http.server
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import psutil
import pytest

from deployments.local.home import Home
from deployments.local.postgres import Postgres
from tests.fixtures.another_host import AnotherHost, listening_ports
from tests.fixtures.scan import answers, scan

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what the platform must not do


@contextlib.contextmanager
def web(status: int, address: str = "127.0.0.1") -> Iterator[int]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Nothing."""

    with http.server.ThreadingHTTPServer((address, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


class Caller(grpc.GenericRpcHandler):
    """Answers one method of Ray's GCS, or wants a credential."""

    def __init__(self, refuses: bool) -> None:
        self.refuses = refuses

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        if not details.method.endswith("GetAllNodeInfo"):
            return None

        def answer(request: bytes, context: grpc.ServicerContext) -> bytes:
            if self.refuses:
                context.abort(grpc.StatusCode.UNAUTHENTICATED, "who are you?")
            return b""

        return grpc.unary_unary_rpc_method_handler(answer)


@contextlib.contextmanager
def grpc_server(*, refuses: bool) -> Iterator[int]:
    server = grpc.server(ThreadPoolExecutor(2), handlers=[Caller(refuses)])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield port
    finally:
        server.stop(None).wait()


def test_a_web_server_answers_unless_it_asks_who_is_there() -> None:
    with contextlib.ExitStack() as serving:
        ports = {status: serving.enter_context(web(status)) for status in (200, 404, 500, 401, 403)}
        found = scan(("127.0.0.1", port) for port in ports.values())
        assert {status for status, port in ports.items() if f"127.0.0.1:{port}" in found} == {200, 404, 500}


def test_a_grpc_server_answers_unless_it_asks_who_is_there() -> None:
    with grpc_server(refuses=False) as port:
        assert answers(("127.0.0.1", port)) == ["gRPC /ray.rpc.NodeInfoGcsService/GetAllNodeInfo: OK"]
    with grpc_server(refuses=True) as port:
        assert answers(("127.0.0.1", port)) == []


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="there is no redis-server here")
def test_redis_answers_unless_it_has_a_password(tmp_path: Path) -> None:
    for options, answered in (([], ["Redis: PONG"]), (["--requirepass", "secret"], [])):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", *options]
        with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            next(line for line in process.stdout if "Ready to accept connections" in line)
            try:
                assert answers(("127.0.0.1", port)) == answered
            finally:
                process.terminate()


def test_our_postgresql_lets_nobody_in(home: Home) -> None:
    server = Postgres(home)
    port = server.start()
    try:
        assert answers(("127.0.0.1", port)) == []
    finally:
        assert server.stop() == []


def test_what_is_closed_or_silent_is_not_told() -> None:
    with socket.socket() as closed, socket.create_server(("127.0.0.1", 0)) as silent:
        closed.bind(("127.0.0.1", 0))
        assert scan([closed.getsockname(), silent.getsockname()]) == {}


def test_another_host_reaches_what_listens_everywhere_and_not_what_listens_here(another_host: AnotherHost) -> None:
    with web(200, EVERYWHERE) as everywhere, web(200) as here:
        assert {everywhere, here} <= listening_ports([psutil.Process(os.getpid())])
        assert set(another_host.scan([everywhere, here])) == {everywhere}
