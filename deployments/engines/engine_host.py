"""What the engine process does between its start and its end."""

import asyncio
import gc
import json
import signal
import socket
from collections.abc import Coroutine
from typing import Any

from deployments.engines.engine_client import EngineStopped
from deployments.engines.engine_settings import EngineSettings
from deployments.engines.generation import Generation
from deployments.engines.openai_request import RequestError, parse
from deployments.engines.vllm_engine import VllmEngine
from deployments.engines.wire import Kind, Wire

WRITE_DISTANCE_S = 0.009


async def serve(connection: socket.socket) -> None:
    """Until the replica closes the connection or SIGTERM; raises what made the engine fail to start."""
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    settings: asyncio.Future[EngineSettings] = asyncio.get_running_loop().create_future()
    host: list[EngineHost] = []

    def receive(stream: int, kind: Kind, payload: bytes) -> None:
        if host:
            host[0].receive(stream, kind, payload)
        elif kind is Kind.SETTINGS:
            settings.set_result(EngineSettings.model_validate_json(payload))

    def closed() -> None:
        ended.set()
        settings.cancel()

    wire = Wire(receive, closed, distance=WRITE_DISTANCE_S)
    await asyncio.get_running_loop().create_unix_connection(lambda: wire, sock=connection)
    wanted = await settings
    try:
        engine = VllmEngine(wanted)
    except Exception as error:
        fail(wire, f"{type(error).__name__}: {error}")
        raise
    gc.collect()
    gc.freeze()
    host.append(EngineHost(engine, wire, wanted.model, ended))
    wire.send(0, Kind.READY)
    await ended.wait()
    wire.close()
    engine.shutdown()


class EngineHost:
    """Requests of the replica, by their stream."""

    def __init__(self, engine: VllmEngine, wire: Wire, model: str, ended: asyncio.Event) -> None:
        self._engine = engine
        self._wire = wire
        self._model = model
        self._ended = ended
        self._starting: dict[int, asyncio.Task[None]] = {}
        self._generations: dict[int, Generation] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def receive(self, stream: int, kind: Kind, payload: bytes) -> None:
        match kind:
            case Kind.REQUEST:
                self._starting[stream] = self._run(self._start(stream, json.loads(payload)))
            case Kind.ABORT:
                self._abort(stream)
            case Kind.PING:
                self._run(self._ping())

    async def _start(self, stream: int, request: dict[str, Any]) -> None:
        generation = Generation(self._engine, self._wire, stream, self._model)
        try:
            await generation.start(parse(request["path"], request["body"]))
        except RequestError as error:
            self._refuse(stream, error)
        except EngineStopped as error:
            self._refuse(stream, RequestError("The engine has stopped.", code="engine_stopped", status=503))
            self._stop(str(error))
        except BaseException:
            await generation.abort()
            raise
        else:
            if not generation.finished:
                generation.on_end = lambda: self._generations.pop(stream, None)
                self._generations[stream] = generation
        finally:
            self._starting.pop(stream, None)

    def _abort(self, stream: int) -> None:
        if (starting := self._starting.get(stream)) is not None:
            starting.cancel()
        elif (generation := self._generations.pop(stream, None)) is not None:
            self._run(generation.abort())

    async def _ping(self) -> None:
        try:
            await self._engine.check()
        except EngineStopped as error:
            self._stop(str(error))
        else:
            self._wire.send(0, Kind.PING, json.dumps({"unfinished": self._engine.unfinished}).encode())

    def _refuse(self, stream: int, error: RequestError) -> None:
        head = {"status": error.status, "stream": False, "error": error.error}
        self._wire.send(stream, Kind.HEAD, json.dumps(head).encode())
        self._wire.send(stream, Kind.TAIL, b'{"usage": {"prompt_tokens": 0, "completion_tokens": 0}}')

    def _stop(self, message: str) -> None:
        fail(self._wire, message)
        self._ended.set()

    def _run(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def fail(wire: Wire, message: str) -> None:
    wire.send(0, Kind.FATAL, json.dumps({"message": message}).encode())
    wire.flush()
