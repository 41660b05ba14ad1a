"""Messages between a replica and its engine process, over a socket pair.

A message is a stream number, a kind, a length and that many bytes. All messages of one turn of the event loop leave in
one write, so that a step of the engine costs one system call, however many streams it moved on. Writes keep a distance
from each other: where steps are shorter than that, the tokens of several leave together, which costs everybody on the
way to the client (replica, gateway, proxy) a fraction, and no eye can tell.
"""

import asyncio
import struct
from collections.abc import Callable
from enum import IntEnum
from typing import cast

HEADER = struct.Struct("<IBI")


class Kind(IntEnum):
    SETTINGS = 1
    """Replica to engine, once: JSON of `EngineSettings`."""
    REQUEST = 2
    """Replica to engine: JSON `{"path", "body"}`; opens the stream."""
    ABORT = 3
    """Replica to engine: nobody reads the stream any more."""
    PING = 4
    """Both ways: is the engine well?"""
    READY = 5
    """Engine to replica, once."""
    FATAL = 6
    """Engine to replica, last message: JSON `{"message"}`."""
    HEAD = 7
    """Engine to replica, first of a stream: JSON `{"status", "stream", "error"?}`."""
    DATA = 8
    """Engine to replica: bytes for the client."""
    TAIL = 9
    """Engine to replica, last of a stream: JSON `{"usage"}`, or `{"error", "status"}` when it broke off."""


class Wire(asyncio.Protocol):
    """One end of the connection. `receive(stream, kind, payload)` is called for each message, `closed()` once.

    Seconds of `distance` pass at least between two writes; the first message after a pause is not held up.
    """

    def __init__(
        self, receive: Callable[[int, Kind, bytes], None], closed: Callable[[], None], *, distance: float = 0
    ) -> None:
        self._receive = receive
        self._distance = distance
        self._written = -distance
        self._closed = closed
        self._transport: asyncio.Transport | None = None
        self._pending = bytearray()
        self._outgoing: list[bytes] = []

    def send(self, stream: int, kind: Kind, payload: bytes = b"") -> None:
        """Queues a message. It is dropped when the other end is gone, of which `closed` has told."""
        if not self._outgoing:
            loop = asyncio.get_running_loop()
            wait = self._written + self._distance - loop.time()
            if wait > 0:
                loop.call_later(wait, self.flush)
            else:
                loop.call_soon(self.flush)
        self._outgoing += (HEADER.pack(stream, kind, len(payload)), payload)

    def flush(self) -> None:
        if self._outgoing and self._transport is not None:
            self._transport.write(b"".join(self._outgoing))
            self._written = asyncio.get_running_loop().time()
        self._outgoing.clear()

    def close(self) -> None:
        self.flush()
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        pending = self._pending
        pending += data
        position = 0
        while len(pending) - position >= HEADER.size:
            stream, kind, length = HEADER.unpack_from(pending, position)
            start = position + HEADER.size
            if len(pending) < start + length:
                break
            position = start + length
            self._receive(stream, Kind(kind), bytes(pending[start:position]))
        del pending[:position]

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._closed()
