"""Reading changes nothing, and a parameter means one thing (OWASP ASVS 5.0: 3.5.3, 15.3.7, 5.2.1)."""

import hashlib
import re

import httpx
import psycopg
import psycopg.sql
from fastapi import FastAPI

from app.config import Settings
from app.main import build_app
from tests.app.test_isolation import BY_SIGNATURE, QUERIES, one_of_everything
from tests.fixtures.app import client, listening
from tests.fixtures.auth import Person
from tests.fixtures.db import Prepared
from tests.fixtures.factories import make_run
from tests.fixtures.scheduling import Desk

STREAMS = ("/events", "/training-jobs/{job_id}/logs", "/runs/{run_id}/metrics:stream")
"""They end when the client goes."""
REMEMBERS = {"events", "api_keys", "sessions", "service_samples"}
"""Denied attempts and last use are written down whatever the method; traffic of earlier tests when its time comes."""


def written(prepared: Prepared) -> dict[str, tuple[int, str]]:
    """Of each table, how many rows and a digest of them all, but for those that remember who asked."""
    found = {}
    digest = "encode(sha256(convert_to(string_agg(t::text, '' ORDER BY t::text), 'UTF8')), 'hex')"
    statement = psycopg.sql.SQL(f"SELECT count(*), {digest} FROM {{}} AS t")
    with psycopg.connect(prepared.owner_url) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (name,) in names:
            if name not in REMEMBERS:
                asked = connection.execute(statement.format(psycopg.sql.Identifier(name)))
                found[name] = asked.fetchone() or (0, "")
    return found


async def test_reading_changes_nothing(web_app: FastAPI, ada: Person, desk: Desk, prepared: Prepared) -> None:
    things = await one_of_everything(ada)
    before, answered = written(prepared), 0
    for path, operations in web_app.openapi()["paths"].items():
        short = path.removeprefix("/api/v1")
        if short in STREAMS or short == BY_SIGNATURE:
            continue
        address = re.sub(r"\{(\w+)\}", lambda match: things.get(match[1], "none"), path)
        for method in {"get", "head", "options"} & operations.keys():
            query = {name: told.format(**things) for name, told in QUERIES.get(f"{method} {short}", {}).items()}
            reply = await ada.http.request(method, address, params=query)
            answered += reply.status_code == httpx.codes.OK
    assert answered > 25
    assert written(prepared) == before


async def test_a_field_of_the_body_is_not_taken_from_the_query(ada: Person) -> None:
    path = f"/api/v1/projects/{ada.project_id}/experiments"
    reply = await ada.http.post(path, params={"name": "of the query"}, json={"name": "of the body"})
    assert reply.json()["name"] == "of the body"
    assert (await ada.http.post(path, params={"name": "of the query"}, json={})).status_code == 422


async def test_an_upload_that_is_too_large_is_refused(settings: Settings, ada: Person) -> None:
    run, content = await make_run(ada), b"x" * 2000
    digest = hashlib.sha256(content).hexdigest()
    app = build_app(settings.model_copy(update={"max_artifact_bytes": 1000}))
    async with app.router.lifespan_context(app), client(app, ada.token) as http:
        await listening(app)
        reply = await http.put(f"/api/v1/runs/{run['id']}/blobs/{digest}", content=content)
        assert (reply.status_code, reply.json()["code"]) == (422, "too_large")
        assert (await http.head(f"/api/v1/runs/{run['id']}/blobs/{digest}")).status_code == httpx.codes.NOT_FOUND
