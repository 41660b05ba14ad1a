"""Two organizations on one cluster: neither the API nor the database shows one to the other."""

import re
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import ProgrammingError

import app.tables
from app.kit.db import NOBODY, Database, Scope
from app.kit.orm import Base
from app.tables import Experiment, Project
from tests.fixtures.auth import Person
from tests.fixtures.db import Prepared
from tests.fixtures.factories import make_version, upload
from tests.fixtures.scheduling import TINY, Desk

STUDY = {"name": "study", "base": TINY, "space": {"learning_rate": {"kind": "uniform", "low": 0.1, "high": 0.2}}}
SHA = "0" * 64
MEDIA = {"key": "x", "kind": "text", "media_type": "text/plain", "step": 0, "time": 1, "sha256": SHA, "size": 0}
BODIES: dict[str, Any] = {
    "post /orgs/{org}/projects": {"slug": "other", "name": "Other"},
    "put /projects/{project}/access": {"private": True},
    "put /projects/{project}/members/{member_id}": {"role": "viewer"},
    "put /admin/organizations/{org_id}/quota": {"resource": "gpu", "hard": 1},
    "post /projects/{project}/experiments": {"name": "x"},
    "post /experiments/{experiment_id}/runs": {"name": "x"},
    "post /projects/{project}/runs:search": {"filter": "metrics.loss < 2", "sort": "params.a"},
    "post /projects/{project}/runs:compare": {"run": ["00000000-0000-7000-8000-000000000000"]},
    "post /projects/{project}/runs:group": {"by": ["params.a"]},
    "post /projects/{project}/run-views": {"name": "best", "shared": True},
    "patch /run-views/{view_id}": {"filter": "metrics.stolen > 0"},
    "post /projects/{project}/runs:export": {},
    "post /projects/{project}/runs:export-series": {"run": ["00000000-0000-7000-8000-000000000000"]},
    "patch /runs/{run_id}": {"summary": {"stolen": True}},
    "post /runs/{run_id}/batches": {"source": "x", "sequence": 0},
    "post /runs/{run_id}/artifacts": {"name": "x", "files": [{"path": "x", "sha256": SHA, "size": 0}]},
    "post /runs/{run_id}/media": MEDIA,
    "put /projects/{project}/retention": {"rules": [{"keep_days": 30}]},
    "post /projects/{project}/retention:preview": {"rules": []},
    "post /projects/{project}/datasets": {"name": "x"},
    "post /datasets/{dataset_id}/versions": {"artifact_id": str(uuid4())},
    "post /runs/{run_id}/inputs": {"artifact_id": str(uuid4())},
    "post /runs/{run_id}/uploads": {"sha256": SHA, "size": 1},
    "post /runs/{run_id}/uploads/{upload_id}:complete": {"parts": [SHA]},
    "post /projects/{project}/models": {"name": "x"},
    "post /models/{model_id}/versions": {"artifact_id": str(uuid4())},
    "put /models/{model_id}/aliases/{alias}": {"version": 1},
    "post /projects/{project}/webhooks": {"url": "https://hooks.example.org/", "events": ["model.created"]},
    "patch /webhooks/{webhook_id}": {"description": "stolen"},
    "put /projects/{project}/gates/{alias}": {"rules": [{"kind": "approval"}]},
    "put /models/{model_id}/gates/{alias}": {"rules": [{"kind": "approval"}]},
    "post /models/{model_id}/versions/{version}/approvals": {"alias": "champion"},
    "patch /models/{model_id}/versions/{version}": {"description": "stolen"},
    "put /models/{model_id}/versions/{version}/card": {"markdown": "stolen"},
    "patch /projects/{project}": {"description": "stolen"},
    "patch /experiments/{experiment_id}": {"description": "stolen"},
    "patch /models/{model_id}": {"description": "stolen"},
    "post /projects/{project}/training-jobs": TINY,
    "post /projects/{project}/training-jobs:plan": TINY,
    "post /projects/{project}/studies": STUDY,
    "post /studies/{study_id}:extend": {"trials": 20},
    "post /studies/{study_id}/trials": {"number": 1, "params": {}},
    "patch /trials/{trial_id}": {"status": "failed"},
    "post /projects/{project}/services": {"name": "x"},
    "post /services/{service_id}/deployments": {"model": "net"},
    "put /services/{service_id}/traffic": {"weights": {str(uuid4()): 1}},
    "post /projects/{project}/simulations": {"name": "x"},
    "post /v2/models/{name}/infer": {"inputs": []},
    "patch /orgs/{org}/members/{user_id}": {"role": "viewer"},
    "post /orgs/{org}/invitations": {"email": "somebody@example.org"},
    "put /orgs/{org}/quota": {"resource": "gpu", "hard": 1},
    "put /orgs/{org}/second-factor": {"required": False},
    "post /orgs/{org}/service-accounts": {"name": "x"},
    "post /service-accounts/{account_id}/keys": {"name": "x", "project": "default"},
    "post /auth/providers/{provider}:sign-in": {},
    "post /auth/providers/{provider}:link": {},
}
QUERIES = {
    "put /runs/{run_id}/uploads/{upload_id}/parts/{number}": {"sha256": SHA},
    "get /models/{model_id}/aliases/{alias}:check": {"version": "1"},
    "get /runs/{run_id}/metrics": {"name": "loss"},
    "get /projects/{project}/runs:series": {"run": "00000000-0000-7000-8000-000000000000", "name": "loss"},
    "get /projects/{project}/runs:compare": {"run": "00000000-0000-7000-8000-000000000000"},
    "get /projects/{project}/runs:compare-code": {
        "base": "00000000-0000-7000-8000-000000000000",
        "other": "00000000-0000-7000-8000-000000000000",
    },
    "get /projects/{project}/runs:importance": {"metric": "metrics.loss"},
    "get /projects/{project}/runs:group": {"by": "params.a"},
    "get /projects/{project}/runs:export-series": {"run": "00000000-0000-7000-8000-000000000000"},
    "get /events:export": {"org_id": "{org}"},
    "get /runs/{run_id}/metrics:stream": {"name": "loss"},
    "get /runs/{run_id}/logs:search": {"query": "secret"},
    "get /projects/{project}/logs:search": {"query": "secret"},
}
BY_SIGNATURE = "/links/{org_id}/{artifact_id}/{path}"
"""Needs no credential; `test_artifacts` has its cases."""


async def one_of_everything(person: Person) -> dict[str, str]:
    """Value of each parameter of a path."""
    version = await make_version(person)
    job = await person.post(f"/projects/{person.project_id}/training-jobs", TINY)
    study = await person.post(f"/projects/{person.project_id}/studies", STUDY)
    trial = await person.post(f"/studies/{study['id']}/trials", {"number": 0, "params": {}})
    simulation = await person.post(f"/projects/{person.project_id}/simulations", {"name": "sim"})
    service = await person.post(f"/projects/{person.project_id}/services", {"name": f"s{person.org_id.hex[-8:]}"})
    deployment = await person.post(f"/services/{service['id']}/deployments", {"model": "net"})
    run = await person.get(f"/runs/{version['run_id']}")
    batch = {"source": "s", "sequence": 0, "params": {"a": 1}, "logs": [{"time": 1, "text": "secret"}]}
    series = {"loss": {"steps": [1], "values": [1.0], "times": [1.0]}}
    await person.post(f"/runs/{run['id']}/batches", batch | {"metrics": series})
    shown = await person.post(f"/runs/{run['id']}/media", MEDIA | await upload(person, run["id"], b"secret"))
    invitation = await person.post(f"/orgs/{person.org}/invitations", {"email": "guest@example.org"})
    account = await person.post(f"/orgs/{person.org}/service-accounts", {"name": "robot"})
    dataset = await person.post(f"/projects/{person.project_id}/datasets", {"name": "corpus"})
    begun = await person.post(f"/runs/{run['id']}/uploads", {"sha256": SHA, "size": 1})
    webhook = await person.post(f"/projects/{person.project_id}/webhooks", BODIES["post /projects/{project}/webhooks"])
    delivery = await person.post(f"/webhooks/{webhook['id']}:test")
    view = await person.post(f"/projects/{person.project_id}/run-views", BODIES["post /projects/{project}/run-views"])
    return {
        "org": str(person.org_id),
        "org_id": str(person.org_id),
        "user_id": str(person.user_id),
        "invitation_id": invitation["id"],
        "account_id": account["id"],
        "member_id": account["id"],
        "project": str(person.project_id),
        "experiment_id": run["experiment_id"],
        "run_id": run["id"],
        "sha256": SHA,
        "upload_id": begun["id"],
        "dataset_id": dataset["id"],
        "number": "0",
        "artifact_id": version["artifact"]["id"],
        "media_id": shown["id"],
        "path": "w.safetensors",
        "model_id": version["model"]["id"],
        "alias": "champion",
        "version": "1",
        "view_id": view["id"],
        "webhook_id": webhook["id"],
        "delivery_id": delivery["id"],
        "workload_id": job["workload"]["id"],
        "job_id": job["id"],
        "study_id": study["id"],
        "trial_id": trial["id"],
        "simulation_id": simulation["id"],
        "service_id": service["id"],
        "name": service["name"],
        "deployment_id": deployment["id"],
        "provider": "nobody",
        "identity_id": str(uuid4()),
        "key_id": (await person.api_key())["id"],
        "session_id": (await person.get("/auth/sessions"))[0]["id"],
    }


async def test_every_operation_on_a_foreign_thing_answers_404(
    web_app: FastAPI, ada: Person, bob: Person, desk: Desk
) -> None:
    things = await one_of_everything(ada)
    wrong: list[str] = []
    asked = 0
    for path, operations in web_app.openapi()["paths"].items():
        short = path.removeprefix("/api/v1")
        if "{" not in path or short == BY_SIGNATURE:
            continue
        address = re.sub(r"\{(\w+)\}", lambda match: things[match[1]], path)
        for method in operations:
            operation = f"{method} {short}"
            reply = await bob.http.request(method, address, json=BODIES.get(operation), params=QUERIES.get(operation))
            asked += 1
            if reply.status_code != 404:
                wrong.append(f"{operation}: {reply.status_code} {reply.text[:200]}")
    assert wrong == []
    assert asked > 40


async def test_lists_show_only_what_is_ones_own(ada: Person, bob: Person, desk: Desk) -> None:
    await one_of_everything(ada)
    for path in ("/workloads", "/events/history"):
        assert all(row.get("org_id") in {None, str(bob.org_id)} for row in (await bob.get(path))["items"])
    assert (await bob.get("/workloads"))["items"] == []
    assert [project["id"] for project in await bob.listed("/projects")] == [str(bob.project_id)]
    assert [org["id"] for org in await bob.listed("/orgs")] == [str(bob.org_id)]
    assert await bob.listed("/api-keys") == []
    assert await bob.get("/workloads:count") == []


TABLES = sorted(app.tables.__all__)


async def test_the_database_alone_hides_what_is_not_in_scope(
    ada: Person, bob: Person, desk: Desk, app_database: Database
) -> None:
    await one_of_everything(ada)
    await desk.turn()
    seen = 0
    for name in TABLES:
        table: Any = getattr(app.tables, name)
        if "org_id" not in inspect(table).columns:
            continue
        async with app_database.session(ada.scope) as session:
            mine = (await session.execute(select(table.org_id))).scalars().all()
        assert set(mine) <= {ada.org_id, None}, name
        seen += bool(mine)
        for scope in (bob.scope, NOBODY, Scope((uuid4(),))):
            async with app_database.session(scope) as session:
                theirs = (await session.execute(select(table.org_id))).scalars().all()
            assert ada.org_id not in theirs, (name, scope)
            assert scope is not NOBODY or set(theirs) <= {None}, name
    assert seen >= 20, "of almost every table there was something to hide"


async def test_nothing_can_be_written_for_another_organization(
    ada: Person, bob: Person, app_database: Database
) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with app_database.session(bob.scope) as session:
            session.add(Experiment(org_id=ada.org_id, project_id=ada.project_id, name="stolen"))
    async with app_database.session(bob.scope) as session:
        statement = text("UPDATE projects SET name = 'stolen' WHERE id = :id")
        result: Any = await session.execute(statement, {"id": str(ada.project_id)})
        assert result.rowcount == 0
    async with app_database.session(ada.scope) as session:
        assert (await session.get_one(Project, ada.project_id)).name == "Default"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET action = 'nothing'",
        "DELETE FROM events",
        "DELETE FROM usage_ledger",
        "UPDATE run_fields SET number = 1",
        "SELECT * FROM alembic_version",
        "CREATE TABLE mine (id int)",
        "ALTER TABLE runs DISABLE ROW LEVEL SECURITY",
        "SET ROLE trine_owner",
        "SET ROLE trine_auth",
        "TRUNCATE runs",
        "INSERT INTO clusters (id) VALUES (gen_random_uuid())",
        "UPDATE gpu_nodes SET cpu = 1000",
    ],
)
async def test_what_the_application_may_not_do(app_database: Database, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        async with app_database.session() as session:
            await session.execute(text(statement))


def test_no_role_of_ours_steps_over_the_policies(prepared: Prepared) -> None:
    with psycopg.connect(prepared.owner_url) as connection:
        rows = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'trine\\_%%' AND rolname <> 'trine_test' "
            "AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)"
        )
        assert rows.fetchall() == []


def test_every_table_of_a_tenant_has_forced_row_level_security(prepared: Prepared) -> None:
    with psycopg.connect(prepared.owner_url) as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relrowsecurity AND relforcerowsecurity "
            "AND NOT relispartition"
        )
        protected = {row[0] for row in rows}
    tenant = {table.name for table in Base.metadata.sorted_tables if "org_id" in table.columns}
    of_people = {"users", "sessions", "identities", "pending_sign_ins"}
    of_people |= {"second_factors", "recovery_codes", "password_resets"}
    assert tenant | {"organizations"} | of_people == protected


def test_a_partition_shows_nobody_anything(prepared: Prepared) -> None:
    """Their policies and rights are those of the table, for who comes through it."""
    with psycopg.connect(prepared.owner_url) as connection:
        rows = connection.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity, "
            "relacl IS NULL OR (SELECT count(*) FROM aclexplode(relacl) WHERE grantee <> relowner) = 0, "
            "(SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid) "
            "FROM pg_class WHERE relispartition AND relkind IN ('r', 'p')"
        ).fetchall()
    assert len(rows) >= 4
    assert {row[1:] for row in rows} == {(True, True, 0)}, rows


async def test_a_transaction_that_fails_leaves_nothing(ada: Person, app_database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        await half_way(app_database, ada)
    async with app_database.session(ada.scope) as session:
        assert (await session.execute(text("SELECT name FROM projects"))).scalar_one() == "Default"
        assert (await session.execute(text("SELECT current_setting('app.org_ids')"))).scalar_one()
    async with app_database.session(NOBODY) as session:
        assert (await session.execute(text("SELECT count(*) FROM projects"))).scalar_one() == 0, "scopes do not leak"


async def half_way(database: Database, person: Person) -> None:
    async with database.session(person.scope) as session:
        await session.execute(text("UPDATE projects SET name = 'half'"))
        raise ZeroDivisionError
