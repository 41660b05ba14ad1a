"""Read once for all who ask meanwhile, and never handed on after it was forgotten."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from app.kit.remembered import Remembered


class Source:
    def __init__(self) -> None:
        self.value: str | None = "first"
        self.reads = 0
        self.let = asyncio.Event()
        self.begun = asyncio.Event()

    async def __call__(self) -> str | None:
        self.reads += 1
        value = self.value
        self.begun.set()
        await self.let.wait()
        if value == "broken":
            raise OSError("away")
        return value


Known = Remembered[str, str | None]


async def begin(
    known: Known, read: Callable[[], Awaitable[str | None]], count: int = 1
) -> list[asyncio.Task[str | None]]:
    asked = [asyncio.create_task(known.of("key", read)) for _ in range(count)]
    await asyncio.sleep(0)
    return asked


async def test_all_who_ask_meanwhile_get_one_reading() -> None:
    known, source = Known(seconds=60), Source()
    asked = await begin(known, source, 5)
    source.let.set()
    assert await asyncio.gather(*asked) == ["first"] * 5
    source.value = "second"
    assert await known.of("key", source) == "first"
    assert source.reads == 1
    assert await known.of("other", source) == "second"


async def test_what_was_begun_before_it_was_forgotten_is_not_for_who_asks_after() -> None:
    known, source = Known(seconds=60), Source()
    (early,) = await begin(known, source)
    await source.begun.wait()
    known.forget()
    source.value = "second"
    (late,) = await begin(known, source)
    source.let.set()
    assert (await early, await late) == ("first", "second")
    assert await known.of("key", source) == "second"


async def test_nothing_is_not_remembered_and_neither_is_an_error() -> None:
    known, source = Known(seconds=60), Source()
    source.let.set()
    source.value = None
    assert await known.of("key", source) is None
    source.value = "broken"
    with pytest.raises(OSError, match="away"):
        await known.of("key", source)
    source.value = "found"
    assert await known.of("key", source) == "found"
    assert source.reads == 3


async def test_who_leaves_does_not_end_the_reading_of_the_others() -> None:
    known, source = Known(seconds=60), Source()
    leaves, stays = await begin(known, source, 2)
    leaves.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaves
    source.let.set()
    assert await stays == "first"
    assert source.reads == 1


async def test_where_nothing_is_remembered_everybody_reads() -> None:
    known, source = Known(seconds=60), Source()
    known.remembers = False
    asked = await begin(known, source, 3)
    source.let.set()
    await asyncio.gather(*asked)
    assert source.reads == 3
    assert len(known) == 0
