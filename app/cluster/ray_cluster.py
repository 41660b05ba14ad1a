"""A Ray cluster: the dashboard for what can be asked over HTTP, Serve's own interface for the rest."""

import asyncio
from collections.abc import Callable, Mapping

import ray.serve
from ray.serve.exceptions import RayServeException

from app.cluster.base import ClusterUnreachable
from app.cluster.dashboard import Dashboard
from trine.specs.inference import Engine, EngineSpec

Builder = Callable[..., ray.serve.Application]
"""`build(spec, resources={custom}) -> Application`; handed in by the host, so that nothing here imports an engine."""


class RayCluster(Dashboard):
    def __init__(self, address: str, token: str, *, engines: Mapping[Engine, Builder]) -> None:
        super().__init__(address, token)
        self._engines = engines

    async def deploy(self, spec: EngineSpec) -> None:
        if spec.application in await self.applications():
            return
        resources = await self._custom_gpus(spec.deployment.gpu)
        application = self._engines[spec.engine](spec, resources=resources)
        target = ray.serve.RunTarget(
            target=application, name=spec.application, route_prefix=None, external_scaler_enabled=True
        )
        await _serve(
            ray.serve.run_many,
            [target],
            wait_for_ingress_deployment_creation=False,
            wait_for_applications_running=False,
        )

    async def delete_application(self, name: str) -> None:
        await _serve(ray.serve.delete, name, _blocking=False)


async def _serve(call: Callable[..., object], *arguments: object, **options: object) -> None:
    """Serve's calls block, so they run in a thread."""
    try:
        await asyncio.to_thread(call, *arguments, **options)
    except (RayServeException, ray.exceptions.RayError, TimeoutError) as error:
        raise ClusterUnreachable(f"Serve did not take the call: {error}") from error
