"""Language models by vLLM, as a Serve application without HTTP. Importing this imports neither vLLM nor torch."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import ray
import ray.serve

from deployments.engines.engine_client import EngineClient, EngineStopped, Item
from deployments.engines.engine_settings import EngineSettings
from deployments.engines.launcher import CpuLauncher, EngineChild, GpuLauncher, Launcher
from deployments.engines.replicas import options
from deployments.engines.traced import traced
from deployments.engines.weights import ModelFilesError, check_language_model, materialize
from deployments.replica_port import bind_to_node
from trine import tracing
from trine.specs.inference import EngineSpec


class LanguageModel:
    """Answers OpenAI's `chat/completions` and `completions` for the gateway."""

    async def __init__(self, spec: EngineSpec) -> None:  # type: ignore[misc]
        bind_to_node()
        tracing.configure(os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"), "trine-engine")
        self._model = spec.model
        self._client = EngineClient()
        gpus = ray.get_runtime_context().get_accelerator_ids().get("GPU", [])
        launcher: Launcher = GpuLauncher() if gpus else CpuLauncher(spec.deployment.cpu)
        self._child = EngineChild(launcher)  # imports vLLM while we look for the model
        try:
            await self._client.connect(self._child.socket)
            folder = await asyncio.to_thread(_fetch, spec)
            await self._client.start(_settings(spec, folder, gpu=spec.deployment.gpu if gpus else 0))
        except EngineStopped as error:
            status = await self._child.end()
            reason = self._child.last_error or str(error)
            raise ModelFilesError(f"vLLM cannot serve {spec.model!r}: {reason} (engine exit status {status})") from None
        except BaseException:
            self._child.close()
            raise

    async def stream(
        self, path: str, body: dict[str, Any], trace: Mapping[str, str] | None = None
    ) -> AsyncIterator[Item]:
        """First `{"status": int, "stream": bool, "usage": {…}}`, with `"error"` in OpenAI's shape and no usage unless
        the status is 200; the usage is what the prompt takes, for whoever leaves before the end.

        Then `bytes` for the client: server-sent events, as many as are ready, or the JSON body. Last
        `{"usage": {"prompt_tokens": int, "completion_tokens": int}}`, with `"error"` and `"status"` when the answer
        broke off. Closing the iterator aborts the generation. `trace` is that of the request, if it has one.
        """
        items = self._client.stream(path, body)
        async for item in traced(items, model=self._model, parent=trace) if trace else items:
            yield item

    async def unfinished(self) -> int:
        """Requests that the engine works on or keeps waiting."""
        return (await self._client.ping())["unfinished"]

    async def check_health(self) -> None:
        """Serve replaces the replica when this raises."""
        await self._client.ping()

    async def __del__(self) -> None:
        if hasattr(self, "_child"):
            self._client.close()
            await self._child.end()


def build(spec: EngineSpec, *, resources: Mapping[str, float] | None = None) -> ray.serve.Application:
    """The application of one model version, to be run with `route_prefix=None` and `external_scaler_enabled=True`.

    `resources` are custom resources of Ray that stand for the spec's GPUs; without them it takes GPUs.
    """
    deployment: ray.serve.Deployment = ray.serve.deployment()(LanguageModel)
    return deployment.options(**options(spec.deployment, resources or {})).bind(spec)


def _fetch(spec: EngineSpec) -> Path:
    folder = materialize(spec)
    check_language_model(folder)
    return folder


def _settings(spec: EngineSpec, folder: Path, *, gpu: float) -> EngineSettings:
    return EngineSettings(
        folder=str(folder),
        model=spec.model,
        context=spec.deployment.context,
        concurrent=spec.deployment.concurrent,
        cache_gib=spec.deployment.cache_gib,
        gpu=gpu,
    )
