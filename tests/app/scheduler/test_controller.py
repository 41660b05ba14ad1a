"""The controller with everything real but Ray."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
import psycopg
import pytest

from app.cluster.base import Cluster, JobPhase
from app.config import Settings
from app.kit.db import Database
from app.kit.notify import Listener
from app.scheduler.controller import Controller
from tests.fixtures.auth import Person
from tests.fixtures.db import Prepared
from tests.fixtures.fake_cluster import FakeCluster, node
from tests.fixtures.scheduling import TINY, Desk, another_controller, hungry

CHAMPION = {"model": "digits", "alias": "champion"}


async def submit(ada: Person, spec: dict[str, Any]) -> str:
    made = await ada.post(f"/projects/{ada.project_id}/training-jobs", spec)
    workload: str = made["workload"]["id"]
    return workload


async def upload_model(worker: httpx.AsyncClient, run_id: object) -> None:
    content = b"weights"
    digest = hashlib.sha256(content).hexdigest()
    assert (await worker.put(f"/api/v1/runs/{run_id}/blobs/{digest}", content=content)).status_code == 201
    manifest = {
        "name": "model",
        "type": "model",
        "files": [{"path": "model.safetensors", "sha256": digest, "size": len(content)}],
        "metadata": {"framework": "torch", "metrics": {"validation/accuracy": 0.9}},
    }
    assert (await worker.post(f"/api/v1/runs/{run_id}/artifacts", json=manifest)).status_code == 201


async def report(worker: httpx.AsyncClient, run_id: object, **fields: Any) -> httpx.Response:
    return await worker.post(f"/api/v1/runs/{run_id}/batches", json={"source": "w", "sequence": 0, **fields})


async def test_from_submission_to_a_registered_version(ada: Person, desk: Desk) -> None:
    workload = await submit(ada, TINY | {"register_as": CHAMPION})
    await desk.turn()
    assert await desk.status(workload) == "starting"
    job = desk.job("tiny")
    assert job.module == "train.main"
    assert job.env["TRINE_URL"] == "http://platform.test"
    assert job.driver.cpu == 1

    task, worker = await desk.start("tiny")
    assert task.spec["recipe"] == "classify"
    assert task.attempt == 1
    assert await desk.status(workload) == "running"
    await upload_model(worker, task.run_id)
    desk.cluster.end(desk.name("tiny"), JobPhase.SUCCEEDED)
    await desk.turn()

    assert await desk.status(workload) == "succeeded"
    (model,) = (await ada.get(f"/projects/{ada.project_id}/models"))["items"]
    (version,) = (await ada.get(f"/models/{model['id']}"))["versions"]
    assert version["version"] == 1
    assert version["aliases"] == ["champion"]
    assert version["metrics"] == {"validation/accuracy": 0.9}
    assert version["run_id"] == str(task.run_id)
    run = await ada.get(f"/runs/{task.run_id}")
    assert run["status"] == "succeeded"
    assert run["ended_at"]
    assert (await report(worker, task.run_id)).status_code == 401, "the token ends with the attempt"


async def test_a_success_that_cannot_be_registered_is_a_failure_that_says_so(ada: Person, desk: Desk) -> None:
    workload = await submit(ada, TINY | {"register_as": CHAMPION})
    await desk.turn()
    await desk.start("tiny")
    desk.cluster.end(desk.name("tiny"), JobPhase.SUCCEEDED)
    await desk.turn()
    row = await desk.workload(workload)
    assert row.status == "failed"
    assert row.reason["code"] == "register_failed"
    assert "no artifact of type `model`" in row.reason["message"]


async def test_a_failed_job_has_the_failure_that_its_worker_told(ada: Person, desk: Desk) -> None:
    workload = await submit(ada, TINY)
    await desk.turn()
    task, worker = await desk.start("tiny")
    failure = {"kind": "data", "message": "there is no file /data/x.jsonl"}
    assert (await report(worker, task.run_id, failure=failure)).status_code == 200
    desk.cluster.end(
        desk.name("tiny"), JobPhase.FAILED, "Job entrypoint command failed with exit code 1", log="Traceback"
    )
    await desk.turn()
    row = await desk.workload(workload)
    assert (row.status, row.attempt) == ("failed", 1)
    assert row.reason == {"code": "data", "message": "there is no file /data/x.jsonl"}


async def test_without_a_word_of_the_worker_the_end_of_its_log_is_the_reason(ada: Person, desk: Desk) -> None:
    workload = await submit(ada, TINY)
    await desk.turn()
    # A program may print anything, the words that Ray uses for killed processes too.
    log = "ValueError: invalid signal -9 of the supervisor"
    message = f"Job entrypoint command failed with exit code 1, last available logs:\n{log}"
    desk.cluster.end(desk.name("tiny"), JobPhase.FAILED, message, log=log)
    await desk.turn()
    row = await desk.workload(workload)
    assert (row.status, row.reason["code"], row.reason["message"]) == ("failed", "user_code", log)


@pytest.mark.parametrize(
    ("phase", "message"),
    [
        (JobPhase.FAILED, "Job entrypoint command failed with exit code -9, last available logs:\nok"),
        (JobPhase.FAILED, "Job entrypoint command failed with exit code 137. No logs available."),
        (JobPhase.FAILED, "Job supervisor actor died: the node was lost"),
        (JobPhase.STOPPED, ""),
    ],
)
async def test_a_killed_job_is_tried_again_with_a_new_code(
    ada: Person, desk: Desk, phase: JobPhase, message: str
) -> None:
    workload = await submit(ada, TINY)
    await desk.turn()
    task, worker = await desk.start("tiny")
    first = desk.name("tiny")
    desk.cluster.end(first, phase, message)
    await desk.turn()
    row = await desk.workload(workload)
    assert (row.status, row.attempt, row.reason["code"]) == ("queued", 2, "retry_node_lost")
    assert row.not_before is not None
    assert (await report(worker, task.run_id)).status_code == 401, "the first attempt is over"
    assert (await ada.get(f"/runs/{task.run_id}"))["ended_at"] is None

    await desk.turn()
    (second,) = set(desk.cluster.jobs) - {first}
    assert second == first[:-1] + "2"
    assert desk.cluster.jobs[second].env["TRINE_ENROLMENT"] != desk.cluster.jobs[first].env["TRINE_ENROLMENT"]
    late = await desk.enrol(desk.cluster.jobs[first])
    assert late.status_code == 401, "the old code opens nothing"
    again = await desk.enrol(desk.cluster.jobs[second])
    assert again.json()["attempt"] == 2
    assert again.json()["storage"] == task.storage, "so that it resumes from the last checkpoint"
    assert datetime.fromisoformat(again.json()["started_at"]) == task.started_at, "its machine's metrics go on"


async def test_attempts_are_counted_out(ada: Person, desk: Desk) -> None:
    workload = await submit(ada, TINY | {"max_attempts": 2})
    for attempt in (1, 2):
        await desk.turn()
        desk.cluster.end(desk.name(f"-{attempt}"), JobPhase.STOPPED)
        await desk.turn()
        desk.cluster.jobs.clear()
    assert await desk.status(workload) == "failed"


async def test_a_job_that_never_reports_is_stopped_and_tried_again(ada: Person, desk: Desk) -> None:
    workload = await submit(ada, TINY)
    await desk.turn()
    await desk.execute("UPDATE workloads SET status_since = now() - interval '31 minutes' WHERE id = :id", id=workload)
    await desk.turn()
    assert desk.job("tiny").stops == 1
    row = await desk.workload(workload)
    assert (row.status, row.attempt) == ("queued", 2)
    assert "did not report within 30 minutes" in row.reason["message"]


async def test_a_job_that_the_cluster_forgot_is_lost(ada: Person, desk: Desk) -> None:
    workload = await submit(ada, TINY)
    await desk.turn()
    desk.cluster.jobs.clear()
    await desk.turn()
    assert (await desk.workload(workload)).reason["code"] == "retry_node_lost"


async def test_cancelled_in_the_queue_it_never_runs(ada: Person, desk: Desk) -> None:
    made = await ada.post(f"/projects/{ada.project_id}/training-jobs", TINY)
    answer = await ada.post(f"/training-jobs/{made['id']}:cancel")
    assert answer["workload"]["status"] == "cancelled"
    assert (await ada.get(f"/runs/{made['run_id']}"))["status"] == "cancelled"
    await desk.turn()
    assert desk.cluster.jobs == {}
    again = await ada.http.post(f"/api/v1/training-jobs/{made['id']}:cancel")
    assert (again.status_code, again.json()["code"]) == (409, "already_ended")


async def test_cancelled_while_it_runs_it_is_stopped_first(ada: Person, desk: Desk) -> None:
    made = await ada.post(f"/projects/{ada.project_id}/training-jobs", TINY)
    await desk.turn()
    task, worker = await desk.start("tiny")
    answer = await ada.post(f"/training-jobs/{made['id']}:cancel")
    assert answer["workload"]["status"] == "stopping"
    assert (await report(worker, task.run_id)).status_code == 200, "it may still write its last checkpoint"
    await desk.turn()
    assert desk.job("tiny").stops == 1
    assert await desk.status(made["workload"]["id"]) == "stopping"
    desk.cluster.end(desk.name("tiny"), JobPhase.STOPPED)
    await desk.turn()
    row = await desk.workload(made["workload"]["id"])
    assert (row.status, row.reason["code"]) == ("cancelled", "cancelled")


async def test_a_retry_by_a_person_is_another_attempt(ada: Person, desk: Desk) -> None:
    made = await ada.post(f"/projects/{ada.project_id}/training-jobs", TINY)
    refused = await ada.http.post(f"/api/v1/training-jobs/{made['id']}:retry")
    assert refused.status_code == 409
    await ada.post(f"/training-jobs/{made['id']}:cancel")
    again = await ada.post(f"/training-jobs/{made['id']}:retry")
    assert (again["workload"]["status"], again["workload"]["attempt"]) == ("queued", 2)
    await desk.turn()
    assert desk.name("tiny").endswith("-2")


async def test_a_controller_that_died_after_launching_launches_nothing_twice(
    ada: Person, desk: Desk, settings: Settings, prepared: Prepared, controller_database: Database
) -> None:
    workload = await submit(ada, TINY)
    died = another_controller(settings, prepared, controller_database, DiesAfterSubmitting(desk.cluster))
    await died.round(DiesAfterSubmitting(desk.cluster))
    await asyncio.gather(*died._working.values(), return_exceptions=True)
    assert await desk.status(workload) == "admitted", "what it did it could not write down"
    first_code = desk.job("tiny").env["TRINE_ENROLMENT"]

    await desk.turn()
    assert desk.job("tiny").submissions == 1, "its lease stands"
    await desk.much_later()
    await desk.controller.round(desk.cluster)
    await desk.controller.settle()
    assert await desk.status(workload) == "starting"
    assert desk.job("tiny").submissions == 2
    assert desk.job("tiny").env["TRINE_ENROLMENT"] == first_code
    task, _ = await desk.start("tiny")
    assert task.attempt == 1


class DiesAfterSubmitting(FakeCluster):
    def __init__(self, cluster: FakeCluster) -> None:
        self.__dict__ = cluster.__dict__

    async def submit_job(self, *arguments: Any, **options: Any) -> None:
        await super().submit_job(*arguments, **options)
        raise asyncio.CancelledError


async def test_a_worker_that_is_quicker_than_the_controller_is_not_set_back(ada: Person, desk: Desk) -> None:
    workload = await submit(ada, TINY)
    await desk.controller.round(Quick(desk))
    await desk.controller.settle()
    assert await desk.status(workload) == "running"
    await desk.turn()
    assert await desk.status(workload) == "running"


class Quick(FakeCluster):
    """Its job has enrolled before the answer to the submission has arrived."""

    def __init__(self, desk: Desk) -> None:
        self.__dict__ = desk.cluster.__dict__ | {"desk": desk}

    async def submit_job(self, *arguments: Any, **options: Any) -> None:
        await super().submit_job(*arguments, **options)
        desk: Desk = self.__dict__["desk"]
        await desk.start("tiny")


async def test_a_job_that_is_cancelled_while_it_is_launched_is_stopped(ada: Person, desk: Desk) -> None:
    made = await ada.post(f"/projects/{ada.project_id}/training-jobs", TINY)

    class Slow(FakeCluster):
        async def submit_job(self, *arguments: Any, **options: Any) -> None:
            await super().submit_job(*arguments, **options)
            await ada.post(f"/training-jobs/{made['id']}:cancel")

    slow = Slow()
    slow.__dict__ = desk.cluster.__dict__
    await desk.controller.round(slow)
    await desk.controller.settle()
    assert await desk.status(made["workload"]["id"]) == "stopping"
    await desk.turn()
    assert desk.job("tiny").stops == 1


async def test_a_cluster_that_is_away_changes_nothing(ada: Person, desk: Desk) -> None:
    workload = await submit(ada, TINY)
    desk.cluster.away = True
    await desk.turn()
    row = await desk.workload(workload)
    assert (row.status, row.attempt, row.lease_id) == ("admitted", 1, None)
    desk.cluster.away = False
    await desk.turn()
    assert await desk.status(workload) == "starting"


async def test_what_the_cluster_refuses_fails_with_its_words(ada: Person, desk: Desk) -> None:
    workload = await submit(ada, TINY)
    desk.cluster.refusal = "Ray refused the job: the runtime environment is broken"
    await desk.turn()
    row = await desk.workload(workload)
    assert (row.status, row.reason["message"]) == ("failed", desk.cluster.refusal)


async def test_a_fault_of_ours_ends_the_attempt_and_leaves_nothing_running(ada: Person, desk: Desk) -> None:
    workload = await submit(ada, TINY)
    await desk.turn()
    desk.cluster.fault = KeyError("status")
    await desk.turn()
    row = await desk.workload(workload)
    assert (row.status, row.attempt, row.reason["code"]) == ("queued", 2, "retry_platform")
    assert desk.job("tiny").stops == 1


async def test_a_database_that_is_away_for_a_moment_is_waited_for(
    ada: Person, desk: Desk, settings: Settings, prepared: Prepared
) -> None:
    workload = await submit(ada, TINY)
    gone = Database("postgresql://trine_controller:x@127.0.0.1:9/gone")
    controller = another_controller(settings, prepared, gone, desk.cluster)
    assert await controller.round(desk.cluster) == 1.0
    await gone.close()
    await desk.turn()
    assert await desk.status(workload) == "starting"


async def test_connections_that_the_server_closed_are_replaced(
    ada: Person, desk: Desk, settings: Settings, prepared: Prepared, server_url: str
) -> None:
    workload = await submit(ada, TINY)
    database = Database(prepared.url("controller"), pool_size=2)
    controller = another_controller(settings, prepared, database, desk.cluster)
    await controller.round(desk.cluster)
    await controller.settle()
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'trine_controller'")
    await controller.round(desk.cluster)
    await controller.settle()
    desk.cluster.end(desk.name("tiny"), JobPhase.SUCCEEDED)
    await desk.database.engine.dispose()
    await desk.later()
    await controller.round(desk.cluster)
    await controller.settle()
    assert await desk.status(workload) == "succeeded"
    await database.close()


async def test_it_runs_by_itself_woken_by_what_happens(
    ada: Person, desk: Desk, settings: Settings, prepared: Prepared, controller_database: Database
) -> None:
    listener = Listener(prepared.url("controller"))
    heard = asyncio.Event()
    listener.on_state(lambda listening: heard.set() if listening else None)
    listener.start()
    running = asyncio.create_task(
        another_controller(settings, prepared, controller_database, desk.cluster, listener).run()
    )
    try:
        async with asyncio.timeout(10):
            await heard.wait()
        workload = await submit(ada, TINY)
        async with desk.cluster.changed:
            async with asyncio.timeout(10):
                await desk.cluster.changed.wait_for(lambda: desk.cluster.jobs)
        await desk.start("tiny")
        await ada.post(f"/training-jobs/{await job_of(ada)}:cancel")
        async with desk.cluster.changed:
            async with asyncio.timeout(10):
                await desk.cluster.changed.wait_for(lambda: desk.job("tiny").stops)
        assert await desk.status(workload) == "stopping"
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await listener.stop()
    assert desk.cluster.closed


async def test_cancelled_in_the_moment_in_which_it_is_woken_it_ends(
    desk: Desk, settings: Settings, prepared: Prepared, controller_database: Database
) -> None:
    wakes: list[Callable[[], None]] = []
    rounded = asyncio.Event()

    class Told(Listener):
        def on_message(self, topic: str, callback: Callable[[], None]) -> None:
            wakes.append(callback)

    class Watched(Controller):
        async def round(self, cluster: Cluster) -> float:
            seconds = await super().round(cluster)
            rounded.set()
            return seconds

    told = Told(prepared.url("controller"))
    running = asyncio.create_task(
        Watched(settings, controller_database, told, lambda address, token: desk.cluster).run()
    )
    async with asyncio.timeout(10):
        await rounded.wait()
    wakes[0]()
    running.cancel()
    await asyncio.wait({running}, timeout=10)
    assert running.done()
    assert desk.cluster.closed


async def job_of(ada: Person) -> str:
    (job,) = (await ada.get(f"/projects/{ada.project_id}/training-jobs"))["items"]
    found: str = job["id"]
    return found


async def test_what_never_fits_is_refused_at_submission(ada: Person, desk: Desk) -> None:
    reply = await ada.http.post(f"/api/v1/projects/{ada.project_id}/training-jobs", json=hungry(100))
    assert reply.status_code == 422
    assert reply.json()["code"] == "never_fits"
    assert (
        reply.json()["detail"] == "this can never run here: it asks for 101 CPU; the whole cluster has 8 CPU, 16.0 GiB"
    )
    assert (await ada.get(f"/projects/{ada.project_id}/runs"))["items"] == [], "nothing of it stays"


async def test_what_fits_no_more_since_a_node_left_says_so(ada: Person, desk: Desk) -> None:
    workload = await submit(ada, hungry(6))
    desk.cluster.members = []
    await desk.controller.look(desk.cluster)
    await desk.turn()
    assert (await ada.get(f"/workloads/{workload}/explain"))["code"] == "no_nodes"
    desk.cluster.members = [node("n2", cpu=4)]
    await desk.controller.look(desk.cluster)
    await desk.turn()
    told = await ada.get(f"/workloads/{workload}/explain")
    assert (told["code"], told["asks"]) == ("never_fits", "7 CPU")
