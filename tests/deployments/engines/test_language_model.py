"""The deployment on a real cluster, a tiny model in a real vLLM. One engine serves all tests but the last."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from openai.types import Completion
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from deployments.engines.vllm import build
from tests.fixtures.tiny_llama import CONTEXT, engine_spec

pytestmark = [pytest.mark.ray, pytest.mark.vllm]

APPLICATION = "tiny-llama"
HELLO = [{"role": "user", "content": "hello"}]


@pytest.fixture(scope="module")
def model(ray_serve: str, tiny_llama: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A handle of the running deployment."""
    import ray.serve

    spec = engine_spec(tiny_llama, tmp_path_factory.mktemp("cache"), application=APPLICATION)
    yield ray.serve.run(build(spec), name=APPLICATION, route_prefix=None)
    ray.serve.delete(APPLICATION)


async def ask(model: Any, path: str, **body: Any) -> tuple[dict[str, Any], bytes, dict[str, Any]]:
    items = [item async for item in stream(model, path, **body)]
    return items[0], b"".join(items[1:-1]), items[-1]


def stream(model: Any, path: str, **body: Any) -> AsyncIterator[Any]:
    answer: AsyncIterator[Any] = model.options(stream=True).stream.remote(path, body)
    return answer


def events(data: bytes) -> list[dict[str, Any]]:
    frames = data.decode().split("\n\n")
    assert frames[-2:] == ["data: [DONE]", ""]
    return [json.loads(frame.removeprefix("data: ")) for frame in frames[:-2]]


def engine_processes() -> list[psutil.Process]:
    """The engine process of the cluster of this test run, and what it has forked."""
    family = psutil.Process().children(recursive=True)
    hosts = [each for each in family if "deployments.engines.engine_process" in command(each)]
    return [process for host in hosts for process in (host, *host.children(recursive=True))]


def command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


async def test_chat_stream(model: Any) -> None:
    head, data, tail = await ask(
        model,
        "chat/completions",
        messages=HELLO,
        max_tokens=8,
        stream=True,
        ignore_eos=True,
        stream_options={"include_usage": True},
    )
    chunks = [ChatCompletionChunk.model_validate(event, strict=True) for event in events(data)]

    assert (head["status"], head["stream"]) == (200, True)
    assert head["usage"]["prompt_tokens"] == tail["usage"]["prompt_tokens"] > 0, "for who leaves before the tail"
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-2].choices[0].finish_reason == "length"
    assert chunks[-1].usage is not None
    assert tail["usage"]["completion_tokens"] == chunks[-1].usage.completion_tokens == 8
    assert {chunk.model for chunk in chunks} == {"tiny"}


async def test_the_same_seed_gives_the_same_text_streamed_or_not(model: Any) -> None:
    asked = {"messages": HELLO, "max_tokens": 8, "seed": 7, "temperature": 1.0}
    _, whole, _ = await ask(model, "chat/completions", **asked)
    _, data, _ = await ask(model, "chat/completions", **asked, stream=True)
    content = ChatCompletion.model_validate_json(whole, strict=True).choices[0].message.content

    assert content
    assert content == "".join(each["choices"][0]["delta"].get("content", "") for each in events(data))


async def test_many_prompts_and_choices(model: Any) -> None:
    _, data, tail = await ask(
        model, "completions", prompt=[[5, 6], [7, 8, 9]], n=2, max_tokens=3, ignore_eos=True, logprobs=1
    )
    answer = Completion.model_validate_json(data)

    assert [choice.index for choice in answer.choices] == [0, 1, 2, 3]
    assert all(choice.logprobs and len(choice.logprobs.tokens or ()) == 3 for choice in answer.choices)
    assert tail["usage"] == {"prompt_tokens": 5, "completion_tokens": 12}


async def test_top_logprobs_start_with_the_likeliest(model: Any) -> None:
    _, data, _ = await ask(
        model, "chat/completions", messages=HELLO, max_tokens=2, temperature=0, logprobs=True, top_logprobs=3
    )
    content = ChatCompletion.model_validate_json(data, strict=True).choices[0].logprobs.content  # type: ignore[union-attr]

    assert content is not None
    assert [len(token.top_logprobs) for token in content] == [3, 3]
    assert all(token.token == token.top_logprobs[0].token for token in content)


async def test_json_schema_shapes_the_answer(model: Any) -> None:
    schema = {"type": "object", "properties": {"a": {"enum": [1, 2]}}, "required": ["a"], "additionalProperties": False}
    response_format = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    _, data, _ = await ask(
        model, "chat/completions", messages=HELLO, max_tokens=200, response_format=response_format, temperature=0
    )
    choice = ChatCompletion.model_validate_json(data, strict=True).choices[0]

    assert (choice.message.content or "").lstrip().startswith("{")


async def test_a_prompt_longer_than_the_context(model: Any) -> None:
    head, data, tail = await ask(model, "completions", prompt=[5] * CONTEXT, max_tokens=1, stream=True)

    assert (head["status"], head["stream"], data) == (400, False, b"")
    assert (head["error"]["code"], head["error"]["param"]) == ("context_length_exceeded", "prompt")
    assert tail["usage"] == {"prompt_tokens": 0, "completion_tokens": 0}


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"temperature": 9}, "temperature"),
        ({"response_format": {"type": "json_schema", "json_schema": {"schema": {"type": "shape"}}}}, None),
        ({"min_tokens": 5, "max_tokens": 2}, None),
    ],
)
async def test_what_the_engine_refuses_is_a_400(model: Any, body: dict[str, Any], param: str | None) -> None:
    head, _, _ = await ask(model, "chat/completions", messages=HELLO, **body)

    assert head["status"] == 400
    assert head["error"]["type"] == "invalid_request_error"
    assert param is None or head["error"]["param"] == param


async def test_a_client_that_goes_away_stops_its_generation(model: Any) -> None:
    left = stream(model, "completions", prompt=[5, 6], max_tokens=CONTEXT - 2, ignore_eos=True, stream=True)
    first = [await anext(left) for _ in range(2)]
    assert first[0]["status"] == 200
    assert await model.unfinished.remote() == 1

    left.cancel()  # type: ignore[attr-defined]
    while await model.unfinished.remote():
        pass
    _, data, _ = await ask(model, "completions", prompt=[5, 6], max_tokens=2, ignore_eos=True)
    assert Completion.model_validate_json(data).choices[0].finish_reason == "length"


async def test_an_engine_that_dies_is_replaced_and_its_requests_are_told(model: Any) -> None:
    running = stream(model, "completions", prompt=[5, 6], max_tokens=CONTEXT - 2, ignore_eos=True, stream=True)
    await anext(running)
    before = engine_processes()
    before[0].kill()
    items = [item async for item in running]

    assert b'data: {"error": {"message": "The model\'s engine stopped' in items[-2]
    assert items[-1]["error"]["code"] == "engine_stopped"
    assert items[-1]["status"] == 503
    psutil.wait_procs(before, timeout=30)
    assert not any(process.is_running() for process in before)

    async with asyncio.timeout(300):
        while (await ask_once(model))["status"] != 200:  # noqa: ASYNC110 - Serve tells nobody of a new replica
            await asyncio.sleep(0.5)
    assert not {process.pid for process in engine_processes()} & {process.pid for process in before}


async def test_no_engine_outlives_a_killed_replica(model: Any) -> None:
    engines = engine_processes()
    replica = engines[0].parent()
    assert replica is not None
    replica.kill()

    gone, alive = psutil.wait_procs(engines, timeout=30)
    assert (len(gone), alive) == (len(engines), [])


async def ask_once(model: Any) -> dict[str, Any]:
    from ray.exceptions import RayError

    try:
        return (await ask(model, "completions", prompt=[5, 6], max_tokens=2))[0]
    except RayError:
        return {"status": 503}
