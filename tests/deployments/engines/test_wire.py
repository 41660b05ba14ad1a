"""Both ends over a real socket pair."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial

import pytest

from deployments.engines.wire import HEADER, Kind, Wire


@dataclass
class End:
    messages: asyncio.Queue[tuple[int, Kind, bytes]] = field(default_factory=asyncio.Queue)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.wire = Wire(lambda *message: self.messages.put_nowait(message), self.closed.set)


@pytest.fixture
async def ends() -> AsyncIterator[tuple[End, End]]:
    loop = asyncio.get_running_loop()
    pair = (End(), End())
    for end, connection in zip(pair, socket.socketpair(), strict=True):
        await loop.create_unix_connection(partial(getattr, end, "wire"), sock=connection)
    yield pair
    for end in pair:
        end.wire.close()


async def test_messages_arrive_in_order_and_whole(ends: tuple[End, End]) -> None:
    left, right = ends
    sent = [(1, Kind.HEAD, b"{}"), (2, Kind.DATA, b"x" * 300_000), (1, Kind.TAIL, b""), (0, Kind.PING, b"")]
    for message in sent:
        left.wire.send(*message)

    assert [await right.messages.get() for _ in sent] == sent


async def test_messages_of_one_turn_leave_in_one_write() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)  # keeps the borders of writes
    end = End()
    theirs.setblocking(False)
    end.wire.connection_made(_Writes(ours))
    for number in range(16):
        end.wire.send(number, Kind.DATA, b"token")
    await asyncio.sleep(0)

    packet = await asyncio.get_running_loop().sock_recv(theirs, 65536)
    assert len(packet) == 16 * (HEADER.size + len(b"token"))
    ours.close()
    theirs.close()


async def test_writes_keep_their_distance_and_the_first_does_not_wait() -> None:
    distance = 0.05
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    theirs.setblocking(False)
    loop = asyncio.get_running_loop()
    wire = Wire(lambda *_: None, lambda: None, distance=distance)
    wire.connection_made(_Writes(ours))
    wire.send(1, Kind.DATA, b"a")
    first = await loop.sock_recv(theirs, 65536)
    for _ in range(3):
        wire.send(1, Kind.DATA, b"b")
        await asyncio.sleep(0)
    rest = await loop.sock_recv(theirs, 65536)

    assert (len(first), len(rest)) == (HEADER.size + 1, 3 * (HEADER.size + 1))
    ours.close()
    theirs.close()


async def test_a_message_may_arrive_byte_by_byte() -> None:
    end = End()
    for byte in HEADER.pack(7, Kind.DATA, 3) + b"abc" + HEADER.pack(7, Kind.TAIL, 0):
        end.wire.data_received(bytes([byte]))

    assert end.messages.get_nowait() == (7, Kind.DATA, b"abc")
    assert end.messages.get_nowait() == (7, Kind.TAIL, b"")


async def test_the_other_end_is_told_of_a_close(ends: tuple[End, End]) -> None:
    left, right = ends
    left.wire.send(3, Kind.DATA, b"last")
    left.wire.close()

    await right.closed.wait()
    assert right.messages.get_nowait() == (3, Kind.DATA, b"last")
    right.wire.send(3, Kind.DATA, b"nobody reads this")


class _Writes(asyncio.Transport):
    def __init__(self, connection: socket.socket) -> None:
        super().__init__()
        self._connection = connection

    def write(self, data: object) -> None:
        self._connection.send(data)  # type: ignore[arg-type]
