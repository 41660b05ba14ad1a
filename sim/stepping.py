"""The pool's mode in which every action and observation crosses to the caller."""

import secrets
import socket
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import numpy as np

from sim.channel import KEY_BYTES, Address, Frame, Listener, Turn, receive_turn, send_actions
from sim.policies.policy import Array


class Stepper:
    """Parts of the environments take turns: while the caller decides for one, the workers step the others.

    The environments of a pool are numbered part by part. `receive` gives the answers in a fixed order, so that a run
    is the same each time:

        for _ in range(steps):
            for _ in range(stepper.parts):
                part, turn = stepper.receive()
                stepper.send(part, policy(turn.observations))
    """

    def __init__(
        self,
        connections: list[socket.socket],
        groups: int,
        count: int,
        spaces: tuple[Any, Any],
        explain: Callable[[int], None],
    ) -> None:
        self._connections, self._groups, self._explain = connections, groups, explain
        self.observation_space, self.action_space = spaces
        self._frames = [Frame(count, self.observation_space) for _ in connections]
        self.count = count
        """Environments in a part."""
        self.parts = groups * len(connections)
        self._turn = 0
        self._order = [worker * groups + group for group in range(groups) for worker in range(len(connections))]

    def receive(self) -> tuple[int, Turn]:
        """The next part's answer. The first of each is the state after reset, with rewards of 0."""
        part = self._order[self._turn]
        self._turn = (self._turn + 1) % self.parts
        worker = part // self._groups
        turn = receive_turn(self._connections[worker], self._frames[worker])
        if turn is None:
            raise self._lost(worker)
        return part, turn

    def send(self, part: int, actions: Array) -> None:
        """Actions [count, ...] for a part whose answer was received."""
        worker = part // self._groups
        try:
            send_actions(self._connections[worker], actions, self.action_space)
        except ConnectionError as error:
            raise self._lost(worker) from error

    def receive_all(self) -> Turn:
        """The answers of all parts as one, in the order of the environments' numbers."""
        turns: list[Turn | None] = [None] * self.parts
        for _ in range(self.parts):
            part, turn = self.receive()
            turns[part] = turn
        whole = [turn for turn in turns if turn is not None]
        finished = [
            (position + part * self.count if position >= 0 else -1, episode, final)
            for part, turn in enumerate(whole)
            for position, episode, final in turn.finished
        ]
        return Turn(
            np.concatenate([turn.observations for turn in whole]),
            np.concatenate([turn.rewards for turn in whole]),
            np.concatenate([turn.terminated for turn in whole]),
            np.concatenate([turn.truncated for turn in whole]),
            finished,
        )

    def send_all(self, actions: Array) -> None:
        """Actions [parts × count, ...] for all environments."""
        for part in self._order:
            self.send(part, actions[part * self.count : (part + 1) * self.count])

    def close(self) -> None:
        for connection in self._connections:
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _lost(self, worker: int) -> Exception:
        """What ended a worker: raised from here where Ray knows, else returned."""
        self._explain(worker)
        return ConnectionError(f"environment worker {worker} hung up")


def connect(
    host: str,
    workers: int,
    start: Callable[[int, Address, bytes], None],
    check: Callable[[], None],
    timeout: float,
) -> list[socket.socket]:
    """Starts each worker's side with the address and a fresh key; returns the connections by worker.

    `check` is called while it waits, and raises where a worker will never come.
    """
    key = secrets.token_bytes(KEY_BYTES)
    listener = Listener(host, key)
    try:
        for worker in range(workers):
            start(worker, listener.address, key)
        connections = listener.accept(workers, timeout, check)
    finally:
        listener.close()
    return [connections[worker] for worker in range(workers)]
