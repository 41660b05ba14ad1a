"""One request with one deployment: within its time, its outcome told to the circuit, its place given back."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from app.cluster.base import EngineUnavailable
from app.errors import Unavailable
from app.inference.lanes import Lane, Passage
from app.inference.openai_errors import error_body
from app.inference.pace import Pace
from app.inference.recorder import Record
from app.inference.tally import Tally

RETRY_AFTER = {"Retry-After": "1"}
UNBUFFERED = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


class Exchange:
    def __init__(
        self, lane: Lane, seconds: float, record: Record, count: Callable[[dict[str, int]], Awaitable[None]]
    ) -> None:
        """`seconds` for everything from now on; `record` is told how it went, `count` what was used."""
        self._lane = lane
        self._record = record
        self._seconds = seconds
        self._asked = asyncio.get_running_loop().time()
        self._deadline = self._asked + seconds
        self._count = count

    async def generate(self, stream: AsyncGenerator[Any, None]) -> Response:
        """An answer in one piece, or one that has begun; raises `Unavailable`."""
        return await self._within(lambda passage: self._answer(stream, passage))

    async def infer(self, inferred: Callable[[], Awaitable[dict[str, Any]]]) -> Response:
        return await self._within(lambda passage: self._inferred(inferred, passage))

    async def _within(self, work: Callable[[Passage], Awaitable[Response]]) -> Response:
        try:
            passage = await self._lane.enter()
        except Unavailable:
            self._record.refused()
            raise
        response: Response | None = None
        try:
            async with asyncio.timeout_at(self._deadline):
                response = await work(passage)
        except TimeoutError:
            passage.failed()
            raise Unavailable(self._late, code="timeout", headers=RETRY_AFTER) from None
        except EngineUnavailable as error:
            if error.overloaded:
                self._record.refused()
            else:
                passage.failed()
            code = "overloaded" if error.overloaded else "engine_unavailable"
            raise Unavailable(str(error), code=code, headers=RETRY_AFTER) from error
        finally:
            # The place of a stream is given back when the stream ends.
            if not isinstance(response, EngineStream):
                self._leave(passage)
        return response

    def _leave(self, passage: Passage) -> None:
        passage.leave()
        self._record.ended(passage.outcome)

    async def _answer(self, stream: AsyncGenerator[Any, None], passage: Passage) -> Response:
        head = await anext(stream)
        if "error" in head:
            await stream.aclose()
            return _failed(head, passage)
        if not head.get("stream"):
            return await self._whole(stream, passage, head["status"])
        passage.succeeded()
        tally = Tally(head, self._count)
        return EngineStream(self._pass(stream, passage, tally), partial(self._leave, passage), tally)

    async def _whole(self, stream: AsyncIterator[Any], passage: Passage, status: int) -> Response:
        """An answer in one piece: its status can still tell that the engine failed on the way."""
        content = bytearray()
        async for item in stream:
            if isinstance(item, bytes):
                content += item
                continue
            await self._count(item["usage"])
            if "error" in item:
                return _failed(item, passage)
        passage.succeeded()
        return Response(bytes(content), status, media_type="application/json")

    async def _pass(
        self, stream: AsyncGenerator[Any, None], passage: Passage, tally: Tally
    ) -> AsyncGenerator[bytes, None]:
        """Bytes as they come; the last item of the engine is what was used. Ends early where the client goes away."""
        pace = Pace(self._lane.application, self._asked, self._record.first_token)
        try:
            while True:
                async with asyncio.timeout_at(self._deadline):
                    item = await anext(stream, None)
                if item is None:
                    return
                if isinstance(item, bytes):
                    pace.piece(item)
                    tally.add(item)
                    yield item
                    continue
                await tally.settle(item["usage"])
                if "error" in item:
                    passage.failed()
        except TimeoutError:
            # The answer has begun, so its status can no longer tell; nor below.
            yield _event(self._late, "timeout")
        except EngineUnavailable as error:
            passage.failed()
            yield _event(str(error), "engine_unavailable")
        finally:
            await stream.aclose()

    async def _inferred(self, inferred: Callable[[], Awaitable[dict[str, Any]]], passage: Passage) -> Response:
        answer = await inferred()
        passage.succeeded()
        await self._count({"prompt_tokens": 0, "completion_tokens": 0})
        return JSONResponse(answer, answer.get("status", 400) if "error" in answer else 200)

    @property
    def _late(self) -> str:
        return f"the answer took longer than {self._seconds:g} s: ask for fewer tokens, or try again shortly"


class EngineStream(StreamingResponse):
    """Ends the generation, gives its place back and is charged however it ends, also before its first byte."""

    def __init__(self, content: AsyncGenerator[bytes, None], leave: Callable[[], None], tally: Tally) -> None:
        super().__init__(content, media_type="text/event-stream", headers=UNBUFFERED)
        self._content = content
        self._leave = leave
        self._tally = tally

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._leave()
            await self._content.aclose()
            await self._tally.close()


def _failed(told: dict[str, Any], passage: Passage) -> Response:
    if told["status"] >= 500:
        passage.failed()
    else:
        passage.succeeded()
    return JSONResponse({"error": told["error"]}, told["status"])


def _event(message: str, code: str) -> bytes:
    return f"data: {json.dumps(error_body(message, status=503, code=code))}\n\n".encode()
