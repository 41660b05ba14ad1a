"""Serve host of the controller. It serves no requests; Serve keeps it alive."""

import asyncio
import json
from pathlib import Path
from typing import Any

import ray.serve

from app.cluster.metrics import RaySink
from app.cluster.ray_cluster import RayCluster
from app.config import Settings
from app.kit import logging
from app.kit.db import CONTROLLER, Database
from app.kit.meter import Exporter
from app.kit.notify import Listener
from app.metrics import METRICS
from app.readings import Readings
from app.scheduler.controller import Controller as Reconciler
from app.simulation import catalogue
from deployments.engines import torch, vllm
from deployments.replica_port import bind_to_node
from trine import tracing
from trine.specs.inference import Engine

ENGINES = {Engine.VLLM: vllm.build, Engine.TORCH: torch.build}
"""Neither module imports its engine; the builders only describe replicas."""

CATALOGUE = Path(__file__).parents[1] / "sim" / "envs" / "catalogue.json"
"""Written by `python -m sim.envs.catalogue`; read as data, because the control plane imports no environment."""


@ray.serve.deployment(name="Controller", num_replicas=1, max_ongoing_requests=10, ray_actor_options={"num_cpus": 0})
class Controller:
    def __init__(self) -> None:
        bind_to_node()
        settings = Settings()
        logging.configure(settings.log_level)
        tracing.configure(settings.otlp_endpoint, "trine-controller")
        url = settings.secret("database_controller_url")
        self._listener = Listener(url)
        self._database = Database(url, pool_size=settings.pool_size)
        reconciler = Reconciler(settings, self._database, self._listener, _connect)
        exporter = Exporter(METRICS, RaySink("controller"))
        exporter.reads(Readings(self._listener, sessions=self._database))
        exporter.reads(reconciler.census.read)
        exporter.start()
        self._exporter = exporter
        self._listener.start()
        self._task = asyncio.get_running_loop().create_task(self._run(reconciler))

    async def _run(self, reconciler: Reconciler) -> None:
        async with self._database.session(CONTROLLER) as session:
            await catalogue.load(session, json.loads(CATALOGUE.read_text()))
        await reconciler.run()

    def check_health(self) -> None:
        """Serve replaces the replica when its loop has ended."""
        if self._task.done():
            self._task.result()
            raise RuntimeError("the controller's loop has ended")


def _connect(address: str, token: str) -> RayCluster:
    return RayCluster(address, token, engines=ENGINES)


def app(args: dict[str, Any]) -> ray.serve.Application:
    application: ray.serve.Application = Controller.bind()  # type: ignore[attr-defined]  # Serve's decorator
    return application
