"""Calls to engine replicas: one Serve handle an application, and a stream that ends when its reader goes away."""

from collections.abc import AsyncGenerator
from typing import Any

import ray.serve
from ray.serve.exceptions import BackPressureError

from app.cluster.base import EngineUnavailable
from trine import tracing


class Handles:
    def __init__(self) -> None:
        self._streams: dict[str, Any] = {}
        self._inferences: dict[str, Any] = {}

    async def stream(self, application: str, path: str, body: dict[str, Any]) -> AsyncGenerator[Any, None]:
        """What the engine's `stream` yields. Leaving the iteration early cancels the request in the engine."""
        answer: Any = None
        try:
            answer = self._stream(application).remote(path, body, *_trace())
            async for item in answer:
                yield item
            answer = None
        except BackPressureError as error:
            raise EngineUnavailable("the model has as many requests as it can take", overloaded=True) from error
        except Exception as error:
            self._forget(application)
            raise EngineUnavailable(f"the model's replica failed: {type(error).__name__}") from error
        finally:
            if answer is not None:
                answer.cancel()

    async def infer(self, application: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            result: dict[str, Any] = await self._inference(application).remote(body, *_trace())
        except BackPressureError as error:
            raise EngineUnavailable("the model has as many requests as it can take", overloaded=True) from error
        except Exception as error:
            self._forget(application)
            raise EngineUnavailable(f"the model's replica failed: {type(error).__name__}") from error
        return result

    # A handle is kept as it is called: every option and method is another handle, made anew.
    def _stream(self, application: str) -> Any:
        if application not in self._streams:
            self._streams[application] = ray.serve.get_app_handle(application).options(stream=True).stream
        return self._streams[application]

    def _inference(self, application: str) -> Any:
        if application not in self._inferences:
            self._inferences[application] = ray.serve.get_app_handle(application).infer
        return self._inferences[application]

    def _forget(self, application: str) -> None:
        self._streams.pop(application, None)
        self._inferences.pop(application, None)


def _trace() -> tuple[dict[str, str], ...]:
    """What the engine hangs its span on, where there is a trace."""
    carried = tracing.carried()
    return (carried,) if carried else ()
