"""The engine's part of a trace: one span for each generation, below the gateway's."""

import time
from collections.abc import AsyncIterator, Mapping

from deployments.engines.engine_client import Item
from trine import tracing


async def traced(items: AsyncIterator[Item], *, model: str, parent: Mapping[str, str]) -> AsyncIterator[Item]:
    """`items` as they are; `parent` is what the gateway carried over."""
    started, first = time.perf_counter(), True
    with tracing.span("generate", {"gen_ai.request.model": model}, parent=parent, current=False) as span:
        async for item in items:
            if isinstance(item, bytes):
                if first:
                    span.set({"trine.first_token_seconds": time.perf_counter() - started})
                    first = False
            elif "status" in item and item["status"] >= 400:
                span.fail(str(item["status"]))
            elif "stream" in item:
                span.set({"trine.stream": item["stream"]})
            elif usage := item.get("usage"):
                span.set(
                    {
                        "gen_ai.usage.input_tokens": usage["prompt_tokens"],
                        "gen_ai.usage.output_tokens": usage["completion_tokens"],
                    }
                )
            yield item
