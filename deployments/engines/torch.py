"""Tensor models, networks of `train.models` and graphs in ONNX, behind the Open Inference Protocol
(https://github.com/open-inference, REST v2).

Importing this module imports neither torch nor onnxruntime: the replica does.
"""

import asyncio
import importlib
import os
from collections.abc import Mapping
from typing import Any

import ray.serve

from deployments.engines.replicas import options
from deployments.engines.tensors import TensorError, chosen, parse
from deployments.engines.weights import ModelFilesError, materialize
from deployments.replica_port import bind_to_node
from trine import tracing
from trine.specs.inference import EngineSpec

BATCH_ROWS = 1024
MODULES = {"torch": ("network", "pytorch"), "onnx": ("graph", "onnxruntime_onnx")}
"""By the framework of a version: the module that runs it, and how the protocol calls that."""


class TensorModel:
    """Requests that arrive while the network works on others are taken together, where it joins them."""

    async def __init__(self, spec: EngineSpec) -> None:  # type: ignore[misc]
        bind_to_node()
        tracing.configure(os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"), "trine-engine")
        self._name = spec.model
        self._waiting: list[tuple[Any, asyncio.Future[dict[str, Any]]]] = []
        self._drain: asyncio.Task[None] | None = None
        name, self._platform = MODULES[spec.framework]
        folder, module = await asyncio.gather(
            asyncio.to_thread(materialize, spec),
            asyncio.to_thread(importlib.import_module, f"deployments.engines.{name}"),
        )
        try:
            self._network = await asyncio.to_thread(module.load, folder, spec)
        except ModelFilesError as error:
            raise ModelFilesError(f"cannot serve {spec.model!r}: {error}") from error

    async def infer(self, body: dict[str, Any], trace: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Of `{"inputs": [{"name", "shape", "datatype", "data"}]}`: `{"model_name", "id"?, "outputs": [the same]}`.

        What the client did wrong is answered as `{"error": str, "status": 400}`.
        """
        try:
            request = parse(body)
            wanted = chosen(request, self._network.outputs)
            rows = self._network.rows(request)
            with tracing.span("infer", {"gen_ai.request.model": self._name}, parent=trace):
                outputs = await self._run(rows)
            answer = {"model_name": self._name, "outputs": self._network.render(outputs, wanted)}
        except TensorError as error:
            return {"error": str(error), "status": 400}
        return {**answer, "id": body["id"]} if "id" in body else answer

    async def metadata(self) -> dict[str, Any]:
        """`{"name", "platform", "inputs", "outputs"}`: what `infer` takes and gives."""
        return {"name": self._name, "platform": self._platform, **self._network.metadata()}

    async def _run(self, rows: Any) -> dict[str, Any]:
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting.append((rows, answer))
        if self._drain is None:
            self._drain = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.pop(0)]
                if batch[0][1].done():  # whoever asked has gone
                    continue
                joins = self._network.joins
                while joins and self._waiting and sum(len(rows) for rows, _ in batch) < BATCH_ROWS:
                    batch.append(self._waiting.pop(0))
                try:
                    parts = await asyncio.to_thread(self._network.forward, [rows for rows, _ in batch])
                except Exception as error:  # noqa: BLE001 - handed to the callers
                    _settle(batch, [error] * len(batch))
                else:
                    _settle(batch, parts)
        finally:
            self._drain = None


def build(spec: EngineSpec, *, resources: Mapping[str, float] | None = None) -> ray.serve.Application:
    """The application of one model version; `resources` as for `deployments.engines.vllm.build`."""
    deployment: ray.serve.Deployment = ray.serve.deployment()(TensorModel)
    return deployment.options(**options(spec.deployment, resources or {})).bind(spec)


def _settle(batch: list[tuple[Any, asyncio.Future[dict[str, Any]]]], results: list[Any]) -> None:
    for (_, answer), result in zip(batch, results, strict=True):
        if answer.done():
            continue
        if isinstance(result, Exception):
            answer.set_exception(result)
        else:
            answer.set_result(result)
