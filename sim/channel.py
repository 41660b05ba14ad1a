"""Steps over a socket: Ray holds the actors, but a call of Ray for each step would cost more than the step.

The caller sends actions of one part of a worker's environments, the worker answers with a frame. Both are the bytes of
arrays whose shapes both sides know; nothing is unpickled. A worker proves with a key that the caller waits for it.

A worker on the caller's machine takes a Unix socket, on which a turn costs half of what it costs over TCP.
"""

import contextlib
import hmac
import selectors
import socket
import struct
import tempfile
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.policies.policy import Array
from sim.vector import Episode, Vector

KEY_BYTES = 32
_HELLO = struct.Struct(f"<{KEY_BYTES}sI")
_TAIL = struct.Struct("<II")
_ENDED = np.dtype(
    [
        ("position", "<i4"),
        ("length", "<i4"),
        ("index", "<i8"),
        ("seed", "<i8"),
        ("total", "<f8"),
        ("ended", "?"),
        ("text", "<u2"),
    ]
)
_HELLO_TIMEOUT_S = 60.0
_CHECK_EVERY_S = 0.5


@dataclass(slots=True)
class Turn:
    """What one part of a worker's environments answered: n environments, in the same order each time."""

    observations: Array
    """The current ones, [n, ...]: after an episode's end already those of the next one."""
    rewards: Array
    terminated: Array
    truncated: Array
    finished: list[tuple[int, Episode, Array]]
    """Environment, episode, its last observation. Episodes that could not even begin have environment -1."""


class Frame:
    """The fixed part of an answer: one block of memory, with the arrays as views of it."""

    def __init__(self, count: int, observation_space: Any) -> None:
        dtype = np.dtype(observation_space.dtype)
        self.count, self.shape, self.dtype = count, observation_space.shape, dtype
        size = int(np.prod(self.shape, dtype=np.int64)) * dtype.itemsize * count
        self.block = bytearray(_TAIL.size + count * 10 + size)
        start = _TAIL.size
        self.rewards = np.frombuffer(self.block, np.float64, count, start)
        self.terminated = np.frombuffer(self.block, np.bool_, count, start + count * 8)
        self.truncated = np.frombuffer(self.block, np.bool_, count, start + count * 9)
        self.observations = np.ndarray((count, *self.shape), dtype, self.block, start + count * 10)


@dataclass(frozen=True)
class Address:
    """Where a caller waits for its workers: on its network, and for those on its machine at a path."""

    host: str
    port: int
    path: str

    def connect(self, timeout: float) -> socket.socket:
        local = socket.socket(socket.AF_UNIX)
        try:
            local.connect(self.path)
        except OSError:
            local.close()
            return _prompt(socket.create_connection((self.host, self.port), timeout))
        return local


class Listener:
    """Where the caller waits for its workers."""

    def __init__(self, host: str, key: bytes) -> None:
        self._key = key
        self._folder = tempfile.TemporaryDirectory(prefix="trine-pool-")
        path = str(Path(self._folder.name) / "socket")
        network, local = socket.create_server((host, 0)), socket.socket(socket.AF_UNIX)
        local.bind(path)
        local.listen()
        self._servers = (network, local)
        self.address = Address(host, network.getsockname()[1], path)

    def accept(self, workers: int, timeout: float, check: Callable[[], None]) -> dict[int, socket.socket]:
        """A connection for each worker, by its index. Raises TimeoutError, or what `check` raises meanwhile."""
        connections: dict[int, socket.socket] = {}
        deadline = time.monotonic() + timeout
        with selectors.DefaultSelector() as selector:
            for server in self._servers:
                selector.register(server, selectors.EVENT_READ)
            while len(connections) < workers:
                waiting = selector.select(_CHECK_EVERY_S)
                if not waiting:
                    check()
                    if time.monotonic() >= deadline:
                        raise TimeoutError(f"{len(connections)} of {workers} workers connected")
                for ready, _ in waiting:
                    connection = self._welcome(ready.fileobj, connections, workers)
                    if connection is not None:
                        connections[connection[0]] = connection[1]
        return connections

    def close(self) -> None:
        for server in self._servers:
            server.close()
        self._folder.cleanup()

    def _welcome(self, server: Any, taken: Collection[int], workers: int) -> tuple[int, socket.socket] | None:
        """The next caller of a server and its index; None where it does not belong here."""
        connection, _ = server.accept()
        connection.settimeout(_HELLO_TIMEOUT_S)
        hello = _receive(connection, bytearray(_HELLO.size))
        key, index = _HELLO.unpack(hello) if hello is not None else (b"", 0)
        if not hmac.compare_digest(key, self._key) or index in taken or index >= workers:
            connection.close()
            return None
        connection.settimeout(None)
        return index, _prompt(connection)


def answer_steps(address: Address, key: bytes, index: int, parts: Sequence[Vector]) -> None:
    """The worker's side: the state after reset of each part, then an answer for each batch of actions, by turns."""
    space = parts[0].action_space
    frames = [Frame(len(part.observations), part.observation_space) for part in parts]
    buffers = [bytearray(len(part.observations) * _action_bytes(space)) for part in parts]
    with address.connect(_HELLO_TIMEOUT_S) as connection:
        connection.settimeout(None)
        connection.sendall(_HELLO.pack(key, index))
        for part, frame in zip(parts, frames, strict=True):
            _send(connection, part, frame, [])
        # The caller may hang up at any time, also while an answer is on its way.
        with contextlib.suppress(ConnectionError):
            while True:
                for part, frame, buffer in zip(parts, frames, buffers, strict=True):
                    if _receive(connection, buffer) is None:
                        return
                    # A copy: an environment may keep the action that it was given.
                    actions = np.frombuffer(buffer, space.dtype).reshape(-1, *space.shape).copy()
                    step = part.step(actions)
                    frame.rewards[:] = step.rewards
                    frame.terminated[:], frame.truncated[:] = step.terminated, step.truncated
                    _send(connection, part, frame, step.finished)


def receive_turn(connection: socket.socket, frame: Frame) -> Turn | None:
    """The caller's side of an answer; None where the worker is gone."""
    if _receive(connection, frame.block) is None:
        return None
    finished: list[tuple[int, Episode, Array]] = []
    count, text_bytes = _TAIL.unpack_from(frame.block)
    if count:
        tail = _receive(connection, bytearray(count * (_ENDED.itemsize + frame.observations[0].nbytes) + text_bytes))
        if tail is None:
            return None
        finished = _finished(tail, count, frame)
    return Turn(
        frame.observations.copy(), frame.rewards.copy(), frame.terminated.copy(), frame.truncated.copy(), finished
    )


def send_actions(connection: socket.socket, actions: Array, space: Any) -> None:
    connection.sendall(np.ascontiguousarray(actions, space.dtype).tobytes())


def _action_bytes(space: Any) -> int:
    return int(np.prod(space.shape, dtype=np.int64)) * np.dtype(space.dtype).itemsize


def _send(connection: socket.socket, part: Vector, frame: Frame, finished: list[tuple[int, Episode, Array]]) -> None:
    frame.observations[:] = part.observations
    if part.failed:
        nothing = np.zeros(frame.shape, frame.dtype)
        finished = finished + [(-1, episode, nothing) for episode in part.failed]
        part.failed.clear()
    if not finished:
        _TAIL.pack_into(frame.block, 0, 0, 0)
        connection.sendall(frame.block)
        return
    texts = [(episode.error or "").encode() for _, episode, _ in finished]
    records = np.array(
        [
            (position, each.length, each.index, each.seed, each.total, each.terminated, len(text))
            for (position, each, _), text in zip(finished, texts, strict=True)
        ],
        _ENDED,
    )
    finals = b"".join(final.tobytes() for _, _, final in finished)
    _TAIL.pack_into(frame.block, 0, len(finished), sum(map(len, texts)))
    connection.sendall(b"".join([frame.block, records.tobytes(), finals, *texts]))


def _finished(tail: bytearray, count: int, frame: Frame) -> list[tuple[int, Episode, Array]]:
    records = np.frombuffer(tail, _ENDED, count)
    offset = count * _ENDED.itemsize
    finals = np.ndarray((count, *frame.shape), frame.dtype, tail, offset).copy()
    offset += finals.nbytes
    finished = []
    for record, final in zip(records.tolist(), finals, strict=True):
        position, length, index, seed, total, ended, size = record
        error = bytes(tail[offset : offset + size]).decode() if size else None
        offset += size
        finished.append((position, Episode(index, seed, total, length, ended, error), final))
    return finished


def _prompt(connection: socket.socket) -> socket.socket:
    if connection.family != socket.AF_UNIX:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _receive(connection: socket.socket, buffer: bytearray) -> bytearray | None:
    """Fills the buffer; None where the other side hung up."""
    try:
        received = connection.recv_into(buffer, 0, socket.MSG_WAITALL)
        view = memoryview(buffer)
        while 0 < received < len(buffer):
            more = connection.recv_into(view[received:], 0, socket.MSG_WAITALL)
            received = received + more if more else 0
    except ConnectionError:
        return None
    return buffer if received else None
