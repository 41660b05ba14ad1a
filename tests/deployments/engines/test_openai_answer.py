"""What the engine renders, read back with the real client's types."""

import json
from typing import Any

import pytest
from openai.types import Completion
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from deployments.engines.openai_answer import DONE, Answer, Delta, TokenLogprob

AWKWARD = 'é"\\\n\u2028😀'
LOGPROB = TokenLogprob("é", -0.5, (("é", -0.5), ("e", -1.5)))


def answer(**fields: Any) -> Answer:
    defaults = {"chat": True, "model": "m", "choices": 1, "logprobs": False, "stream": True, "usage": False}
    made = Answer(**{**defaults, **fields})
    made.prompt_tokens = 5
    return made


def events(data: bytes) -> list[dict[str, Any]]:
    frames = data.split(b"\n\n")
    assert frames.pop() == b""
    return [json.loads(frame.removeprefix(b"data: ")) for frame in frames if frame != b"data: [DONE]"]


def test_chat_stream() -> None:
    made = answer()
    data = (
        made.begin() + made.add(0, Delta(AWKWARD, 2, None, None)) + made.add(0, Delta("", 1, None, "stop")) + made.end()
    )
    chunks = [ChatCompletionChunk.model_validate(event, strict=True) for event in events(data)]

    assert data.endswith(DONE)
    assert [chunk.choices[0].delta.role for chunk in chunks] == ["assistant", None, None]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == AWKWARD
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None, None, "stop"]
    assert {chunk.id for chunk in chunks} == {made.id}
    assert made.usage == {"prompt_tokens": 5, "completion_tokens": 3}


def test_usage_comes_last_when_asked_for() -> None:
    made = answer(usage=True)
    *_, last = events(made.begin() + made.add(0, Delta("a", 1, None, "length")) + made.end())
    chunk = ChatCompletionChunk.model_validate(last, strict=True)

    assert chunk.choices == []
    assert chunk.usage is not None
    assert (chunk.usage.prompt_tokens, chunk.usage.completion_tokens, chunk.usage.total_tokens) == (5, 1, 6)


def test_half_a_character_sends_nothing() -> None:
    made = answer()

    assert made.add(0, Delta("", 1, None, None)) == b""
    assert made.completion_tokens == 1


def test_completion_stream_with_logprobs() -> None:
    made = answer(chat=False, logprobs=True, choices=2)
    data = made.add(1, Delta("é", 1, (LOGPROB,), None)) + made.add(1, Delta("é", 1, (LOGPROB,), "stop"))
    # OpenAI's type has no null for `finish_reason`, which its own streams send; its client does not validate either.
    chunks = [Completion.construct(**event) for event in events(data)]

    assert [chunk.choices[0].index for chunk in chunks] == [1, 1]
    assert [chunk.choices[0].logprobs.text_offset for chunk in chunks if chunk.choices[0].logprobs] == [[0], [1]]


def test_whole_chat() -> None:
    made = answer(stream=False, logprobs=True)
    assert made.begin() == made.add(0, Delta(AWKWARD, 1, (LOGPROB,), "stop")) == b""
    whole = ChatCompletion.model_validate_json(made.end(), strict=True)

    assert whole.choices[0].message.content == AWKWARD
    assert whole.choices[0].logprobs is not None
    assert whole.choices[0].logprobs.content is not None
    assert whole.choices[0].logprobs.content[0].top_logprobs[1].token == "e"
    assert whole.usage is not None
    assert whole.usage.total_tokens == 6


@pytest.mark.parametrize("logprobs", [False, True])
def test_whole_completion(logprobs: bool) -> None:
    made = answer(chat=False, stream=False, choices=2, logprobs=logprobs)
    for index in (1, 0):
        made.add(index, Delta(f"text {index}", 2, (LOGPROB,) if logprobs else None, "length"))
    whole = Completion.model_validate_json(made.end())

    assert [choice.text for choice in whole.choices] == ["text 0", "text 1"]
    assert whole.usage is not None
    assert whole.usage.completion_tokens == 4
