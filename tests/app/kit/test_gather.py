"""Alone a question goes at once; those that come meanwhile go together."""

import asyncio
from collections.abc import Sequence

import pytest

from app.kit.gather import Gather


class Desk:
    """Answers when it is let, and remembers which questions came together."""

    def __init__(self) -> None:
        self.groups: list[tuple[str, list[int]]] = []
        self.asked = asyncio.Semaphore(0)
        self.answer = asyncio.Semaphore(0)

    async def __call__(self, key: str, questions: Sequence[int]) -> Sequence[int | Exception]:
        self.groups.append((key, list(questions)))
        self.asked.release()
        await self.answer.acquire()
        return [ValueError(question) if question < 0 else question * 2 for question in questions]


async def test_those_that_wait_go_together() -> None:
    desk = Desk()
    gather = Gather(desk, lanes=1)
    first = asyncio.create_task(gather("a", 1))
    await desk.asked.acquire()
    others = [asyncio.create_task(gather("a", number)) for number in (2, 3, 4)]
    other = asyncio.create_task(gather("b", 5))
    await desk.asked.acquire()
    for _ in range(3):
        desk.answer.release()
    assert await asyncio.gather(first, *others, other) == [2, 4, 6, 8, 10]
    assert desk.groups == [("a", [1]), ("b", [5]), ("a", [2, 3, 4])]


async def test_a_group_is_no_larger_than_it_may_be_and_lanes_run_beside_each_other() -> None:
    desk = Desk()
    gather = Gather(desk, lanes=2, most=2)
    asked = [asyncio.create_task(gather("a", number)) for number in range(5)]
    for _ in range(2):
        await desk.asked.acquire()
    assert [len(questions) for _, questions in desk.groups] == [2, 2]
    for _ in range(3):
        desk.answer.release()
    assert await asyncio.gather(*asked) == [0, 2, 4, 6, 8]


async def test_what_must_stay_apart_is_asked_one_after_the_other_in_order() -> None:
    desk = Desk()
    gather = Gather(desk, lanes=1, apart=lambda question: question % 10)
    asked = [asyncio.create_task(gather("a", number)) for number in (1, 11, 2, 21)]
    for _ in range(3):
        desk.answer.release()
    await asyncio.gather(*asked)
    assert [questions for _, questions in desk.groups] == [[1, 2], [11], [21]]


async def test_an_error_is_the_answer_of_its_own_question() -> None:
    desk = Desk()
    gather = Gather(desk, lanes=1)
    asked = [asyncio.create_task(gather("a", number)) for number in (1, -1)]
    desk.answer.release()
    first, second = await asyncio.gather(*asked, return_exceptions=True)
    assert first == 2
    assert isinstance(second, ValueError)


async def test_what_fails_as_a_whole_fails_for_all_and_the_next_are_asked() -> None:
    async def broken(key: str, questions: Sequence[int]) -> Sequence[int]:
        if 1 in questions:
            raise OSError("away")
        return questions

    gather = Gather(broken, lanes=1)
    results = await asyncio.gather(gather("a", 1), gather("a", 2), return_exceptions=True)
    assert [type(result) for result in results] == [OSError, OSError]
    assert await gather("a", 3) == 3


async def test_who_left_is_not_asked_for() -> None:
    desk = Desk()
    gather = Gather(desk, lanes=1)
    first = asyncio.create_task(gather("a", 1))
    await desk.asked.acquire()
    second, third = (asyncio.create_task(gather("a", number)) for number in (2, 3))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    desk.answer.release()
    desk.answer.release()
    assert await asyncio.gather(first, third) == [2, 6]
    assert desk.groups[1:] == [("a", [3])]


async def test_it_stops_when_nothing_is_under_way() -> None:
    desk = Desk()
    gather = Gather(desk)
    asked = asyncio.create_task(gather("a", 1))
    await desk.asked.acquire()
    stopping = asyncio.create_task(gather.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    desk.answer.release()
    await stopping
    assert await asked == 2
