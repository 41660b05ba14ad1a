"""A GPU of the scheduler on its way to Ray: `GPU`, or `vgpu` where the cluster declares virtual ones."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from app.cluster.ray_cluster import RayCluster
from deployments.engines.replicas import options
from deployments.local.home import Home
from deployments.local.ray import command
from deployments.local.state import Ports
from tests.fixtures.app import serving
from trine.specs.inference import DeploymentSpec, Engine, EngineSpec
from trine.specs.resources import Bundle

CPU_ONLY = {"CPU": 8.0, "memory": 1e9}
VIRTUAL = {"CPU": 8.0, "memory": 1e9, "vgpu": 2.0}
REAL = {"CPU": 8.0, "memory": 1e9, "GPU": 4.0}
DRIVER = Bundle(cpu=1, gpu=1)


@dataclass
class RayDashboard:
    """What Ray's own answers, for nodes with these resources; it remembers the jobs it was given."""

    resources: list[dict[str, float]]
    jobs: list[dict[str, Any]] = field(default_factory=list)

    def app(self) -> FastAPI:
        app = FastAPI()
        nodes = [{"node_id": f"n{i}", "state": "ALIVE", "resources_total": has} for i, has in enumerate(self.resources)]
        nodes.append({"node_id": "gone", "state": "DEAD", "resources_total": REAL})

        @app.get("/api/v0/nodes")
        async def list_nodes() -> dict[str, Any]:
            return {"data": {"result": {"result": nodes}}}

        @app.get("/api/serve/applications/")
        async def applications() -> dict[str, Any]:
            return {"applications": {}}

        @app.post("/api/jobs/")
        async def submit(body: dict[str, Any]) -> dict[str, Any]:
            self.jobs.append(body)
            return {"submission_id": body["submission_id"]}

        return app


class Built(Exception):
    """Ends a deployment before Serve is asked."""


@asynccontextmanager
async def connected(dashboard: RayDashboard) -> AsyncIterator[tuple[RayCluster, list[Any]]]:
    """A cluster, and the custom resources that its engines were built with."""
    built: list[Any] = []

    def build(spec: EngineSpec, *, resources: Any) -> Any:
        built.append(resources)
        raise Built

    async with serving(dashboard.app()) as address:
        cluster = RayCluster(address, "token", engines={Engine.TORCH: build})
        yield cluster, built
        await cluster.close()


def engine(gpu: float) -> EngineSpec:
    deployment = DeploymentSpec(engine=Engine.TORCH, gpu=gpu)
    return EngineSpec(
        application="a", engine=Engine.TORCH, model="m", store="", files=(), digest="", cache="", deployment=deployment
    )


@pytest.mark.parametrize(
    ("resources", "gpus"),
    [
        ([CPU_ONLY], [(0, False)]),
        ([VIRTUAL, CPU_ONLY], [(2, True), (0, False)]),
        ([REAL, CPU_ONLY], [(4, False), (0, False)]),
        ([VIRTUAL, REAL], [(0, False), (4, False)]),
    ],
    ids=["none", "virtual", "real", "both"],
)
async def test_the_gpus_of_nodes(resources: list[dict[str, float]], gpus: list[tuple[float, bool]]) -> None:
    async with connected(RayDashboard(resources)) as (cluster, _):
        assert [(node.gpu, node.virtual_gpu) for node in await cluster.nodes()] == gpus


@pytest.mark.parametrize(
    ("resources", "asked"),
    [
        (VIRTUAL, {"entrypoint_resources": {"vgpu": 1.0}}),
        (REAL, {"entrypoint_num_gpus": 1.0}),
    ],
)
async def test_a_driver_asks_for_the_gpus_of_its_cluster(resources: dict[str, float], asked: dict[str, Any]) -> None:
    dashboard = RayDashboard([resources])
    async with connected(dashboard) as (cluster, _):
        await cluster.submit_job("with", "train.main", env={}, driver=DRIVER)
        await cluster.submit_job("without", "train.main", env={}, driver=Bundle(cpu=1))
    wanted, none = ({key: body[key] for key in body if key.startswith("entrypoint_")} for body in dashboard.jobs)
    assert wanted == {"entrypoint_num_cpus": 1.0, **asked}
    assert none == {"entrypoint_num_cpus": 1.0}


@pytest.mark.parametrize(
    ("resources", "gpu", "custom", "actor"),
    [
        (VIRTUAL, 1, {"vgpu": 1.0}, {"num_cpus": 1.0, "resources": {"vgpu": 1.0}}),
        (VIRTUAL, 0, {}, {"num_cpus": 1.0}),
        (REAL, 1, {}, {"num_cpus": 1.0, "num_gpus": 1.0}),
    ],
)
async def test_replicas_ask_for_the_gpus_of_their_cluster(
    resources: dict[str, float], gpu: float, custom: dict[str, float], actor: dict[str, Any]
) -> None:
    async with connected(RayDashboard([resources])) as (cluster, built):
        with pytest.raises(Built):
            await cluster.deploy(engine(gpu))
    assert built == [custom]
    assert options(engine(gpu).deployment, custom)["ray_actor_options"] == actor


def test_the_local_platform_declares_them(tmp_path: Path) -> None:
    ports = Ports(web=1, gcs=2, dashboard=3, client=4, agent=5, stats=6, metrics=7, fallback=8)
    assert '--resources={"vgpu": 2}' in command(Home(tmp_path), ports, 2)
    assert "--resources={}" in command(Home(tmp_path), ports, 0)
