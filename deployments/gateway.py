"""Serve host of the gateway: `/v1`."""

from typing import Any

import ray.serve
from fastapi import FastAPI

from app.cluster.metrics import RaySink
from app.inference.gateway_app import build_gateway
from deployments.replica_port import bind_to_node


def build() -> FastAPI:
    return build_gateway(sink=RaySink("gateway"))


@ray.serve.deployment(name="Gateway", num_replicas=1, max_ongoing_requests=2000, ray_actor_options={"num_cpus": 0})
@ray.serve.ingress(build)
class Gateway:
    """Restarts nothing when traffic moves: routes are rows."""

    def __init__(self) -> None:
        bind_to_node()


def app(args: dict[str, Any]) -> ray.serve.Application:
    application: ray.serve.Application = Gateway.bind()  # type: ignore[attr-defined]  # Serve's decorator
    return application
