import asyncio

import pytest

from app.inference.gate import Full, Gate


async def begun(*tasks: asyncio.Task[None]) -> None:
    """Each has come as far as it can."""
    for _ in range(3):
        await asyncio.sleep(0)


async def test_who_waits_comes_in_turn_and_who_finds_the_queue_full_is_told_when_to_come_back() -> None:
    gate = Gate(width=2, length=2, seconds=60)
    await gate.enter()
    await gate.enter()
    order: list[int] = []

    async def wait(number: int) -> None:
        await gate.enter()
        order.append(number)

    tasks = [asyncio.create_task(wait(number)) for number in range(2)]
    await begun(*tasks)
    with pytest.raises(Full) as full:
        await gate.enter()
    assert full.value.retry_after == 1
    gate.leave(8)
    await begun(*tasks)
    tasks.append(asyncio.create_task(wait(2)))
    await begun(*tasks)
    with pytest.raises(Full) as full:
        await gate.enter()
    assert full.value.retry_after == 12
    gate.leave(8)
    gate.leave(8)
    await asyncio.gather(*tasks)
    assert order == [0, 1, 2]


async def test_nobody_waits_longer_than_allowed() -> None:
    gate = Gate(width=1, length=1, seconds=0.01)
    await gate.enter()
    with pytest.raises(Full):
        await gate.enter()
    gate.leave(0.1)
    assert gate.idle


async def test_a_turn_that_nobody_takes_is_handed_on() -> None:
    gate = Gate(width=1, length=3, seconds=60)
    await gate.enter()
    left, late, last = (asyncio.create_task(gate.enter()) for _ in range(3))
    await begun(left, late, last)
    left.cancel()
    await begun(left)
    gate.leave(1)
    late.cancel()  # in the same moment as its turn comes
    async with asyncio.timeout(10):
        await last
    assert (left.cancelled(), late.cancelled()) == (True, True)
    gate.leave(1)
    assert gate.idle
