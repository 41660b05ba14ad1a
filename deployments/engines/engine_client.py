"""A replica's end of the connection to its engine process."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

from deployments.engines.engine_settings import EngineSettings
from deployments.engines.openai_answer import error_event
from deployments.engines.wire import Kind, Wire

Item = dict[str, Any] | bytes


class EngineStopped(Exception):
    """The engine process has ended, or says that it cannot go on."""


class EngineClient:
    """Streams by number over one socket. `connect` first."""

    def __init__(self) -> None:
        self._wire = Wire(self._receive, self._closed)
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pings: list[asyncio.Future[dict[str, int]]] = []
        self._streams: dict[int, _Stream] = {}
        self._count = 0
        self.stopped: EngineStopped | None = None

    async def connect(self, connection: socket.socket) -> None:
        await asyncio.get_running_loop().create_unix_connection(lambda: self._wire, sock=connection)

    async def start(self, settings: EngineSettings) -> None:
        """Until the engine can answer; raises EngineStopped."""
        self._wire.send(0, Kind.SETTINGS, settings.model_dump_json().encode())
        await self._ready

    async def ping(self) -> dict[str, int]:
        """`{"unfinished": requests in the engine}`; raises EngineStopped."""
        if self.stopped is not None:
            raise self.stopped
        answer: asyncio.Future[dict[str, int]] = asyncio.get_running_loop().create_future()
        self._pings.append(answer)
        self._wire.send(0, Kind.PING)
        return await answer

    async def stream(self, path: str, body: dict[str, Any]) -> AsyncIterator[Item]:
        """Head, data, tail, as `LanguageModel.stream` documents. Closing the iterator aborts the generation."""
        if self.stopped is not None:
            for refusal in _refusal(self.stopped):
                yield refusal
            return
        self._count = number = self._count % 0xFFFFFFFF + 1
        stream = self._streams[number] = _Stream()
        self._wire.send(number, Kind.REQUEST, json.dumps({"path": path, "body": body}).encode())
        try:
            while not stream.ended:
                for item in await stream.take():
                    yield item
        finally:
            del self._streams[number]
            if not stream.ended and self.stopped is None:
                self._wire.send(number, Kind.ABORT)

    def close(self) -> None:
        self._wire.close()

    def stop(self, reason: EngineStopped) -> None:
        """Ends everything that waits. The first reason stays."""
        if self.stopped is not None:
            return
        self.stopped = reason
        waiting: list[asyncio.Future[Any]] = [self._ready, *self._pings]
        for future in waiting:
            if not future.done():
                future.set_exception(reason)
        self._ready.exception() if self._ready.done() and not self._ready.cancelled() else None
        for stream in self._streams.values():
            stream.break_off(reason)

    def _receive(self, number: int, kind: Kind, payload: bytes) -> None:
        if number == 0:
            self._control(kind, payload)
        elif (stream := self._streams.get(number)) is not None:
            stream.put(payload if kind is Kind.DATA else json.loads(payload), last=kind is Kind.TAIL)

    def _control(self, kind: Kind, payload: bytes) -> None:
        match kind:
            case Kind.READY:
                self._ready.set_result(None)
            case Kind.PING:
                answer = self._pings.pop(0)
                if not answer.done():
                    answer.set_result(json.loads(payload))
            case Kind.FATAL:
                self.stop(EngineStopped(json.loads(payload)["message"]))

    def _closed(self) -> None:
        self.stop(EngineStopped("the engine process ended"))


class _Stream:
    """Items of one request that nobody has taken yet; data that waits together is taken as one."""

    def __init__(self) -> None:
        self.ended = False
        self._items: list[Item] = []
        self._head: Item | None = None
        self._last = False
        self._waiter: asyncio.Future[None] | None = None

    def put(self, item: Item, *, last: bool = False) -> None:
        if self._head is None:
            self._head = item
        self._items.append(item)
        self._last = last
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def break_off(self, reason: EngineStopped) -> None:
        if self._last:
            return
        head, tail = _refusal(reason)
        if self._head is None:
            self.put(head)
        elif isinstance(self._head, dict) and self._head["stream"]:
            self.put(error_event(head["error"]))
        self.put({**head, **tail}, last=True)

    async def take(self) -> list[Item]:
        if not self._items:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        items, self._items = self._items, []
        self.ended = self._last
        return _joined(items)


def _joined(items: list[Item]) -> list[Item]:
    if len(items) == 1:
        return items
    joined: list[Item] = []
    for item in items:
        if isinstance(item, bytes) and joined and isinstance(last := joined[-1], bytes):
            joined[-1] = last + item
        else:
            joined.append(item)
    return joined


def _refusal(reason: EngineStopped) -> tuple[dict[str, Any], dict[str, Any]]:
    error = {"message": f"The model's engine stopped: {reason}", "type": "server_error", "param": None}
    head = {"status": 503, "stream": False, "error": {**error, "code": "engine_stopped"}}
    return head, {"usage": {"prompt_tokens": 0, "completion_tokens": 0}}
