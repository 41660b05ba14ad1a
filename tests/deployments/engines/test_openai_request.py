from typing import Any

import pytest

from deployments.engines.openai_request import ChatBody, CompletionBody, RequestError, parse

HELLO = [{"role": "user", "content": "hello"}]


def chat(**fields: Any) -> ChatBody:
    body = parse("chat/completions", {"messages": HELLO, **fields})
    assert isinstance(body, ChatBody)
    return body


def completion(**fields: Any) -> CompletionBody:
    body = parse("completions", {"prompt": "x", **fields})
    assert isinstance(body, CompletionBody)
    return body


def test_only_what_was_asked_reaches_the_sampler() -> None:
    assert chat().sampling() == {}
    assert chat(temperature=0, stop="\n", user="u", top_p=None).sampling() == {"temperature": 0, "stop": ["\n"]}
    assert chat(logit_bias={"5": -100}, ignore_eos=True).sampling() == {"logit_bias": {5: -100}, "ignore_eos": True}


def test_limits() -> None:
    assert chat().limit is None
    assert chat(max_tokens=3).limit == 3
    assert chat(max_tokens=3, max_completion_tokens=4).limit == 4
    assert completion().limit == 16


def test_logprobs() -> None:
    assert chat().logprobs_count is None
    assert chat(logprobs=True).logprobs_count == 0
    assert chat(logprobs=True, top_logprobs=3).logprobs_count == 3
    assert completion(logprobs=2).logprobs_count == 2


@pytest.mark.parametrize(
    ("prompt", "prompts"),
    [("a", ["a"]), (["a", "b"], ["a", "b"]), ([1, 2], [[1, 2]]), ([[1], [2, 3]], [[1], [2, 3]])],
)
def test_prompts(prompt: object, prompts: object) -> None:
    assert completion(prompt=prompt).prompts() == prompts


def test_content_parts_become_one_text() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    body = chat(messages=[{"role": "developer", "content": "be short"}, {"role": "user", "content": parts}])

    assert [message.rendered() for message in body.messages] == [
        {"role": "system", "content": "be short"},
        {"role": "user", "content": "ab"},
    ]


def test_values_that_ask_for_nothing_are_fine() -> None:
    chat(tools=None, tool_choice="none", modalities=["text"], functions=[], response_format={"type": "text"})
    completion(echo=False, best_of=1, suffix=None, metadata={"a": "b"}, store=False)


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        ({"temperature": 3}, "temperature", "invalid_value"),
        ({"temperature": "warm"}, "temperature", "invalid_value"),
        ({"n": 0}, "n", "invalid_value"),
        ({"max_tokens": 0}, "max_tokens", "invalid_value"),
        ({"stop": ["a", ""]}, "stop", "invalid_value"),
        ({"top_p": 0}, "top_p", "invalid_value"),
        ({"messages": []}, "messages", "invalid_value"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "messages[0].role", "invalid_value"),
        ({"messages": [{"content": "x"}]}, "messages[0].role", "missing_required_parameter"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "messages[0].content", "invalid_value"),
        ({"tools": [{"type": "function"}]}, "tools", "unsupported_parameter"),
        ({"reasoning_effort": "high"}, "reasoning_effort", "unsupported_parameter"),
        ({"temprature": 1}, "temprature", "unknown_parameter"),
        ({"stream_options": {"include_usage": True}}, "stream_options", None),
        ({"top_logprobs": 3}, "top_logprobs", None),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema", None),
    ],
)
def test_what_is_wrong_is_named(fields: dict[str, Any], param: str, code: str | None) -> None:
    with pytest.raises(RequestError) as caught:
        chat(**fields)
    assert caught.value.status == 400
    assert caught.value.error["type"] == "invalid_request_error"
    assert (caught.value.error["param"], caught.value.error["code"]) == (param, code)


@pytest.mark.parametrize("prompt", [None, [], [-1], [[]], 5, ["a", 1]])
def test_prompts_that_are_none(prompt: object) -> None:
    with pytest.raises(RequestError) as caught:
        completion(prompt=prompt)
    assert str(caught.value.error["param"]).startswith("prompt")


def test_another_endpoint_is_not_found() -> None:
    with pytest.raises(RequestError, match="/v1/embeddings") as caught:
        parse("embeddings", {})
    assert caught.value.status == 404
