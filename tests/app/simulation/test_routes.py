from typing import Any

from tests.fixtures.auth import Person
from tests.fixtures.factories import make_artifact, make_version
from tests.fixtures.paging import check_pages
from tests.fixtures.scheduling import Desk


async def new_simulation(ada: Person, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = await ada.post(f"/projects/{ada.project_id}/simulations", {"name": "sim", **fields})
    return made


async def test_simulations_come_in_pages(ada: Person, desk: Desk) -> None:
    made = [(await new_simulation(ada, name=f"sim-{number}"))["id"] for number in range(5)]
    await check_pages(ada, f"/projects/{ada.project_id}/simulations", made)


async def test_a_simulation_of_a_registered_policy_remembers_its_version(ada: Person, desk: Desk) -> None:
    version = await make_version(ada, framework="torch")
    made = await new_simulation(ada, policy={"kind": "model", "model": "net"}, episodes=3)
    found = await ada.get(f"/simulations/{made['id']}")
    assert found == made
    assert found["model_version_id"] == version["id"]
    run = await ada.get(f"/runs/{found['run_id']}")
    assert (run["kind"], run["status"], run["params"]["episodes"]) == ("simulation", "queued", 3)


async def test_a_policy_that_is_none_is_refused(ada: Person, desk: Desk) -> None:
    await make_version(ada, framework="transformers")
    path = f"/api/v1/projects/{ada.project_id}/simulations"
    for name, said in (("net", "not a policy"), ("absent", "absent")):
        body = {"name": "sim", "policy": {"kind": "model", "model": name}}
        reply = await ada.http.post(path, json=body)
        assert (reply.status_code, said in reply.text) == (422, True)
    assert (await ada.get(f"/projects/{ada.project_id}/simulations"))["items"] == []


async def test_a_simulation_is_cancelled_once(ada: Person, desk: Desk) -> None:
    made = await new_simulation(ada)
    assert (await ada.post(f"/simulations/{made['id']}:cancel"))["workload"]["status"] == "cancelled"
    assert (await ada.get(f"/runs/{made['run_id']}"))["status"] == "cancelled"
    again = await ada.http.post(f"/api/v1/simulations/{made['id']}:cancel")
    assert (again.status_code, again.json()["code"]) == (409, "already_ended")


async def test_the_report_is_there_once_it_was_written(ada: Person, desk: Desk) -> None:
    made = await new_simulation(ada)
    assert (await ada.http.get(f"/api/v1/simulations/{made['id']}/report")).status_code == 404
    await ada.patch(f"/runs/{made['run_id']}", {"summary": {"return/mean": 500.0}})
    files = {"report.html": b"<p>500</p>", "report.json": b"{}"}
    artifact = await make_artifact(ada, made["run_id"], files, name="report", kind="report")
    report = await ada.get(f"/simulations/{made['id']}/report")
    assert report == {"artifact_id": artifact["id"], "files": sorted(files), "summary": {"return/mean": 500.0}}
