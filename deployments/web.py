"""Serve host of the web application: API, OpenAPI, the built interface."""

from typing import Any

import ray.serve
from fastapi import FastAPI

from app.cluster.handles import Handles
from app.cluster.metrics import RaySink
from app.main import build_app
from deployments.replica_port import bind_to_node


def build() -> FastAPI:
    return build_app(engines=Handles(), sink=RaySink("web"))


@ray.serve.deployment(name="Web", num_replicas=1, max_ongoing_requests=2000, ray_actor_options={"num_cpus": 0})
@ray.serve.ingress(build)
class Web:
    """`build` runs on the replica: an application made at import would be pickled half open."""

    def __init__(self) -> None:
        bind_to_node()


def app(args: dict[str, Any]) -> ray.serve.Application:
    application: ray.serve.Application = Web.bind()  # type: ignore[attr-defined]  # Serve's decorator
    return application
