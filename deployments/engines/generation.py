"""One request of a client in the engine process: an engine request per prompt, one stream to the replica."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from deployments.engines.openai_answer import Answer, Delta, error_event
from deployments.engines.openai_request import Body, ChatBody, RequestError
from deployments.engines.vllm_engine import VllmEngine
from deployments.engines.wire import Kind, Wire


class Generation:
    def __init__(self, engine: VllmEngine, wire: Wire, stream: int, model: str) -> None:
        self._engine = engine
        self._wire = wire
        self._stream = stream
        self._model = model
        self._ids: list[str] = []
        self._running = 0
        self._headed = False
        self.finished = False
        self.on_end: Callable[[], object] = bool

    async def start(self, body: Body) -> None:
        """Returns once the engine works on it; raises RequestError or EngineStopped before anything was sent."""
        prompts = await self._engine.tokenize(body)
        params = self._engine.params(body, prompts)
        choices = body.n or 1
        answer = Answer(
            chat=isinstance(body, ChatBody),
            model=self._model,
            choices=len(prompts) * choices,
            logprobs=body.logprobs_count is not None,
            stream=bool(body.stream),
            usage=body.stream_options is not None and bool(body.stream_options.include_usage),
        )
        answer.prompt_tokens = sum(len(prompt) for prompt in prompts)
        self._running = len(answer.choices)
        for index, prompt in enumerate(prompts):
            own = params if len(prompts) == 1 else params.clone()
            put = partial(self._put, answer, index * choices)
            self._ids.append(await self._engine.generate(f"{answer.id}-{index}", prompt, own, put))
            if answer.stream:
                self._begin(answer)

    async def abort(self) -> None:
        """Nobody reads the stream any more, so nothing more is sent."""
        self.finished = True
        await self._engine.abort(self._ids)

    def _put(self, answer: Answer, offset: int, index: int, delta: Delta | None) -> None:
        if self.finished:
            return
        if delta is None:
            self._break_off(answer)
            return
        data = answer.add(offset + index, delta)
        if delta.finish_reason is not None:
            self._running -= 1
            if self._running == 0:
                data += answer.end()
        if data:
            self._begin(answer)
            self._wire.send(self._stream, Kind.DATA, data)
        if self._running == 0:
            self._end({"usage": answer.usage})

    def _break_off(self, answer: Answer) -> None:
        error = RequestError("The engine stopped while it answered.", code="engine_stopped", status=503)
        told = {"status": error.status, "error": error.error}
        if not self._headed:
            self._wire.send(self._stream, Kind.HEAD, json.dumps({**told, "stream": False}).encode())
        elif answer.stream:
            self._wire.send(self._stream, Kind.DATA, error_event(error.error))
        self._end({**told, "usage": answer.usage})

    def _begin(self, answer: Answer) -> None:
        """The status: of a stream once the engine has taken the first prompt, of a whole answer once there is one."""
        if self._headed:
            return
        self._headed = True
        head = {"status": 200, "stream": answer.stream, "usage": answer.usage}
        self._wire.send(self._stream, Kind.HEAD, json.dumps(head).encode())
        if opening := answer.begin():
            self._wire.send(self._stream, Kind.DATA, opening)

    def _end(self, tail: dict[str, Any]) -> None:
        self.finished = True
        self.on_end()
        self._wire.send(self._stream, Kind.TAIL, json.dumps(tail).encode())
