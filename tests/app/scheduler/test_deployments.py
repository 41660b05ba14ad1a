"""Deployments under the controller: what Serve says of an application becomes rows, and nothing is run twice."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from app.cluster.base import ApplicationPhase
from app.config import Settings
from app.kit.db import Database
from tests.fixtures.auth import Person
from tests.fixtures.db import Prepared
from tests.fixtures.factories import make_version
from tests.fixtures.fake_cluster import FakeCluster
from tests.fixtures.scheduling import Desk, another_controller


@dataclass
class Served:
    """A deployment whose application loads."""

    person: Person
    desk: Desk
    deployment: str
    workload: str
    application: str

    async def see(self, phase: ApplicationPhase, message: str = "") -> None:
        """The controller looks at the application after it came to be so."""
        self.desk.cluster.become(self.application, phase, message)
        await self.desk.turn()

    async def state(self) -> tuple[str, str | None, str, str]:
        """Status, phase, and the code and message of the reason, as the API tells them."""
        told = (await self.person.get(f"/deployments/{self.deployment}"))["workload"]
        return told["status"], told["phase"], told["reason"]["code"], told["reason"]["message"]


async def deploy(ada: Person, **fields: Any) -> dict[str, Any]:
    await make_version(ada)
    service = await ada.post(f"/projects/{ada.project_id}/services", {"name": f"s{ada.org_id.hex[-8:]}"})
    made: dict[str, Any] = await ada.post(f"/services/{service['id']}/deployments", {"model": "net", **fields})
    return made


@pytest.fixture
async def served_model(ada: Person, desk: Desk) -> Served:
    made = await deploy(ada)
    await desk.turn()
    (application,) = desk.cluster.states
    found = Served(ada, desk, made["id"], made["workload"]["id"], application)
    assert (await found.state())[:3] == ("starting", "loading", "launched")
    return found


async def test_it_is_ready_degraded_and_ready_again(served_model: Served, desk: Desk) -> None:
    await served_model.see(ApplicationPhase.LOADING)
    assert (await served_model.state())[:2] == ("starting", "loading")
    await served_model.see(ApplicationPhase.READY)
    assert (await served_model.state())[:3] == ("running", "ready", "deployment_ready")
    await served_model.see(ApplicationPhase.DEGRADED, "replica r1 died: out of memory")
    assert await served_model.state() == (
        "running",
        "degraded",
        "deployment_degraded",
        "replica r1 died: out of memory",
    )
    await served_model.see(ApplicationPhase.READY)
    assert (await served_model.state())[:3] == ("running", "ready", "deployment_ready")
    told = [event.action for event in await desk.events(served_model.workload)]
    assert told[-3:] == ["workload.running", "workload.degraded", "workload.ready"]
    assert desk.cluster.deploys == [served_model.application]
    assert desk.cluster.deleted == []


async def test_an_engine_is_told_what_an_onnx_file_takes(ada: Person, desk: Desk) -> None:
    signature = {"inputs": [{"name": "x", "type": "float32", "shape": [-1, 4]}], "outputs": []}
    await make_version(ada, model="graph", framework="onnx", signature=signature)
    service = await ada.post(f"/projects/{ada.project_id}/services", {"name": f"s{ada.org_id.hex[-8:]}"})
    await ada.post(f"/services/{service['id']}/deployments", {"model": "graph"})
    await desk.turn()
    (engine,) = desk.cluster.engines.values()
    assert (engine.engine, engine.framework) == ("torch", "onnx")
    assert engine.signature is not None
    assert [(each.name, each.shape) for each in engine.signature.inputs] == [("x", (-1, 4))]


@pytest.mark.parametrize(
    ("framework", "advice"),
    [("torchscript", "may write files where it runs. Export the model to ONNX"), ("mlflow", "there are engines for")],
)
async def test_what_is_kept_and_never_served(ada: Person, framework: str, advice: str) -> None:
    await make_version(ada, model="kept", framework=framework)
    service = await ada.post(f"/projects/{ada.project_id}/services", {"name": f"s{ada.org_id.hex[-8:]}"})
    refused = await ada.http.post(f"/api/v1/services/{service['id']}/deployments", json={"model": "kept"})
    assert refused.status_code == 422
    told = refused.json()
    assert (told["errors"][0]["field"], advice in told["detail"]) == ("model", True)


@pytest.mark.parametrize("was_ready", [False, True])
async def test_it_fails_with_the_reason_and_nothing_of_it_stays(
    served_model: Served, desk: Desk, was_ready: bool
) -> None:
    if was_ready:
        await served_model.see(ApplicationPhase.READY)
    await served_model.see(ApplicationPhase.FAILED, "ValueError: the weights are corrupt")
    assert await served_model.state() == ("failed", None, "user_code", "ValueError: the weights are corrupt")
    assert desk.cluster.deleted == [served_model.application]
    await desk.turn(2)
    assert desk.cluster.deploys == [served_model.application], "a fault of the model is not tried again"


async def test_other_deployments_go_on_where_one_fails(served_model: Served, desk: Desk, bob: Person) -> None:
    other = await deploy(bob)
    await desk.turn()
    (application,) = set(desk.cluster.states) - {served_model.application}
    desk.cluster.become(application, ApplicationPhase.READY)
    await served_model.see(ApplicationPhase.FAILED, "broken")
    assert await desk.status(served_model.workload) == "failed"
    assert await desk.status(other["workload"]["id"]) == "running"
    assert list(desk.cluster.states) == [application]


async def test_one_that_the_cluster_lost_is_made_anew_under_another_name(served_model: Served, desk: Desk) -> None:
    await served_model.see(ApplicationPhase.READY)
    desk.cluster.states.clear()
    await desk.turn()
    row = await desk.workload(served_model.workload)
    assert (row.status, row.attempt, row.phase, row.reason["code"]) == ("queued", 2, None, "retry_node_lost")
    await desk.turn()
    assert list(desk.cluster.states) == [served_model.application[:-1] + "2"]
    desk.cluster.become(served_model.application[:-1] + "2", ApplicationPhase.READY)
    await desk.turn()
    assert (await served_model.state())[:2] == ("running", "ready")
    assert (await desk.workload(served_model.workload)).attempt == 2


async def test_one_that_somebody_deletes_by_hand_is_lost_too(served_model: Served, desk: Desk) -> None:
    await served_model.see(ApplicationPhase.READY)
    await served_model.see(ApplicationPhase.DELETING)
    assert (await desk.workload(served_model.workload)).reason["code"] == "retry_node_lost"


async def test_a_cluster_that_is_away_is_no_loss(served_model: Served, desk: Desk) -> None:
    await served_model.see(ApplicationPhase.READY)
    desk.cluster.away = True
    await desk.turn(2)
    desk.cluster.away = False
    await desk.turn()
    assert (await served_model.state())[:2] == ("running", "ready")
    assert desk.cluster.deploys == [served_model.application]


async def test_stopped_it_is_deleted_and_its_end_waited_for(served_model: Served, desk: Desk) -> None:
    await served_model.see(ApplicationPhase.READY)
    stopped = await served_model.person.post(f"/deployments/{served_model.deployment}:stop")
    assert stopped["workload"]["status"] == "stopping"
    await served_model.see(ApplicationPhase.DELETING)
    assert await desk.status(served_model.workload) == "stopping"
    desk.cluster.states.clear()
    await desk.turn()
    assert (await served_model.state())[:3] == ("cancelled", None, "cancelled")


async def test_a_stop_deletes_what_still_runs(served_model: Served, desk: Desk) -> None:
    await served_model.person.post(f"/deployments/{served_model.deployment}:stop")
    await desk.turn()
    assert desk.cluster.deleted == [served_model.application]
    await desk.turn()
    assert await desk.status(served_model.workload) == "cancelled"


async def test_a_controller_that_died_after_launching_leaves_the_application_as_it_is(
    ada: Person, desk: Desk, settings: Settings, prepared: Prepared, controller_database: Database
) -> None:
    made = await deploy(ada)
    dying = DiesAfterDeploying(desk.cluster)
    died = another_controller(settings, prepared, controller_database, dying)
    await died.round(dying)
    await died.settle()
    assert await desk.status(made["workload"]["id"]) == "admitted", "what it did it could not write down"
    (application,) = desk.cluster.states
    desk.cluster.become(application, ApplicationPhase.READY)
    await desk.much_later()
    await desk.controller.round(desk.cluster)
    await desk.controller.settle()
    assert await desk.status(made["workload"]["id"]) == "starting"
    assert desk.cluster.states[application].phase is ApplicationPhase.READY, "it was not run again"
    await desk.turn()
    assert await desk.status(made["workload"]["id"]) == "running"
    assert desk.cluster.deploys == [application]


class DiesAfterDeploying(FakeCluster):
    def __init__(self, cluster: FakeCluster) -> None:
        self.__dict__ = cluster.__dict__

    async def deploy(self, *arguments: Any) -> None:
        await super().deploy(*arguments)
        raise asyncio.CancelledError


async def test_while_one_controller_launches_it_another_does_not(
    ada: Person, desk: Desk, settings: Settings, prepared: Prepared, controller_database: Database
) -> None:
    made = await deploy(ada)
    slow = SlowToDeploy(desk.cluster)
    first = another_controller(settings, prepared, controller_database, slow)
    await first.round(slow)
    async with asyncio.timeout(10):
        await slow.begun.wait()
    await desk.much_later()
    await desk.controller.round(desk.cluster)
    await desk.controller.settle()
    assert desk.cluster.deploys == []
    assert await desk.status(made["workload"]["id"]) == "admitted"
    slow.go_on.set()
    await first.settle()
    (application,) = desk.cluster.deploys
    await desk.turn()
    assert await desk.status(made["workload"]["id"]) == "starting"
    assert desk.cluster.deploys == [application]


class SlowToDeploy(FakeCluster):
    """Takes longer than a lease."""

    def __init__(self, cluster: FakeCluster) -> None:
        self.__dict__ = cluster.__dict__ | {"begun": asyncio.Event(), "go_on": asyncio.Event()}

    begun: asyncio.Event
    go_on: asyncio.Event

    async def deploy(self, *arguments: Any) -> None:
        self.begun.set()
        await self.go_on.wait()
        await super().deploy(*arguments)


async def test_what_a_replica_is_built_from(served_model: Served, desk: Desk) -> None:
    spec = desk.cluster.engines[served_model.application]
    assert spec.model == f"s{served_model.person.org_id.hex[-8:]}"
    (file,) = spec.files
    assert (file.path, file.size) == ("w.safetensors", 1)
    assert str(served_model.person.org_id) in file.key
