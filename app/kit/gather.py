"""Questions that wait at the same time are asked together.

The first goes at once; those that come while it is under way wait for its end and go as one. Alone nobody waits longer,
and under load the cost of a round trip and of a commit is shared: group commit (DeWitt et al., "Implementation
Techniques for Main Memory Database Systems", SIGMOD 1984, section 5.2).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Question = TypeVar("Question")
Answer = TypeVar("Answer")


@dataclass
class _Line(Generic[Question, Answer]):
    waiting: deque[tuple[Question, asyncio.Future[Answer]]] = field(default_factory=deque)
    under_way: int = 0


class Gather(Generic[Key, Question, Answer]):
    def __init__(
        self,
        ask: Callable[[Key, Sequence[Question]], Awaitable[Sequence[Answer | Exception]]],
        *,
        most: int = 64,
        lanes: int = 2,
        apart: Callable[[Question], Hashable] | None = None,
    ) -> None:
        """`ask` has an answer, or an error, for each question, in their order; what it raises is the answer to all.

        Only questions of one key go together, `most` at once in at most `lanes` groups at the same time; of those with
        the same `apart(question)` one in a group.
        """
        self._ask = ask
        self._most = most
        self._lanes = lanes
        self._apart = apart
        self._lines: dict[Key, _Line[Question, Answer]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, key: Key, question: Question) -> Answer:
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        line = self._lines.setdefault(key, _Line())
        line.waiting.append((question, future))
        if line.under_way < self._lanes:
            line.under_way += 1
            task = asyncio.create_task(self._serve(key, line))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await future

    async def stop(self) -> None:
        """When nothing is under way any more."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, key: Key, line: _Line[Question, Answer]) -> None:
        try:
            while group := self._take(line):
                answers: Sequence[Answer | Exception]
                try:
                    answers = await self._ask(key, [question for question, _ in group])
                except Exception as error:  # noqa: BLE001 — whoever asked gets it
                    answers = [error] * len(group)
                for (_, future), answer in zip(group, answers, strict=True):
                    if future.done():
                        continue
                    if isinstance(answer, Exception):
                        future.set_exception(answer)
                    else:
                        future.set_result(answer)
        finally:
            line.under_way -= 1
            if not line.under_way and not line.waiting:
                self._lines.pop(key, None)

    def _take(self, line: _Line[Question, Answer]) -> list[tuple[Question, asyncio.Future[Answer]]]:
        group: list[tuple[Question, asyncio.Future[Answer]]] = []
        later: list[tuple[Question, asyncio.Future[Answer]]] = []
        taken: set[Hashable] = set()
        while line.waiting and len(group) < self._most:
            question, future = line.waiting.popleft()
            if future.done():
                # Who asked has left.
                continue
            if self._apart and (name := self._apart(question)) in taken:
                later.append((question, future))
                continue
            if self._apart:
                taken.add(name)
            group.append((question, future))
        line.waiting.extendleft(reversed(later))
        return group
