"""What a stream is charged, whether or not its client heard the end."""

import json

from app.inference.tally import Tally

HEAD = {"status": 200, "stream": True, "usage": {"prompt_tokens": 9, "completion_tokens": 0}}


def event(text: str) -> bytes:
    choice = {"index": 0, "text": text}
    return f"data: {json.dumps({'id': 'c', 'object': 'text_completion', 'choices': [choice]})}\n\n".encode()


def opening() -> bytes:
    return b'data: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n'


async def charges(*chunks: bytes, usage: dict[str, int] | None = None) -> list[dict[str, int]]:
    charged: list[dict[str, int]] = []

    async def charge(used: dict[str, int]) -> None:
        charged.append(used)

    tally = Tally(HEAD, charge)
    for chunk in chunks:
        tally.add(chunk)
    if usage:
        await tally.settle(usage)
    await tally.close()
    return charged


async def test_the_end_tells_what_was_used() -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 3}
    assert await charges(event("a"), event("b"), usage=usage) == [usage]


async def test_without_an_end_events_are_counted() -> None:
    compact = [event(text).replace(b'": ', b'":') for text in ("a", "b", "c")]
    found = await charges(opening(), compact[0], compact[1] + compact[2])
    assert found == [{"prompt_tokens": 9, "completion_tokens": 3}]


async def test_what_a_model_says_is_not_taken_for_an_event() -> None:
    said = event('data: {"id":"x"} "delta":{"role":').replace(b'": ', b'":')
    assert await charges(said) == [{"prompt_tokens": 9, "completion_tokens": 1}]


async def test_who_leaves_before_the_first_event_pays_for_the_prompt() -> None:
    assert await charges() == [{"prompt_tokens": 9, "completion_tokens": 0}]
