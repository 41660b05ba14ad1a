"""A language model that repeats what it is told, in the place of an engine's replica: at the border to Ray."""

import json
from collections.abc import AsyncGenerator
from typing import Any

from app.cluster.base import EngineUnavailable


class Echo:
    async def stream(self, application: str, path: str, body: dict[str, Any]) -> AsyncGenerator[Any, None]:
        yield {"status": 200, "stream": True}
        words = str(body["messages"][-1]["content"]).split()
        for word in words:
            chunk = {"id": "c", "object": "chat.completion.chunk", "choices": [{"delta": {"content": f"{word} "}}]}
            yield f"data: {json.dumps(chunk)}\n\n".encode()
        yield b"data: [DONE]\n\n"
        yield {"usage": {"prompt_tokens": len(words), "completion_tokens": len(words)}}

    async def infer(self, application: str, body: dict[str, Any]) -> dict[str, Any]:
        raise EngineUnavailable("this one speaks")
