"""No browser takes an answer for more than it is."""

import re
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI

from app.config import Settings
from app.inference.gateway_app import build_gateway
from app.main import build_app
from tests.fixtures.app import client, listening
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_artifact, make_run
from tests.fixtures.services import FakeEngines

ASKED = ["/api/v1/auth/me", "/api/v1/runs/nonsense", "/healthz", "/openapi.json", "/docs", "/", "/nowhere", "/api/none"]


@pytest.mark.parametrize("path", ASKED)
async def test_every_answer_is_guarded(anonymous: httpx.AsyncClient, path: str) -> None:
    headers = (await anonymous.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] in {"no-referrer", "same-origin"}
    for directive in ("default-src ", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert directive in headers["content-security-policy"], directive
    assert len(headers.get_list("content-security-policy")) == 1
    assert "access-control-allow-origin" not in headers


async def test_every_answer_of_the_gateway_is_guarded(settings: Settings, engines: FakeEngines) -> None:
    gateway = build_gateway(settings, engines, prefix="/v1")
    async with gateway.router.lifespan_context(gateway), client(gateway) as http:
        await listening(gateway)
        for path in ("/v1/models", "/v1/nothing"):
            headers = (await http.get(path)).headers
            assert headers["content-security-policy"].startswith("default-src 'none'"), path
            assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")


async def test_the_page_of_the_api_needs_nothing_from_elsewhere(anonymous: httpx.AsyncClient) -> None:
    page = await anonymous.get("/docs")
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "http" not in page.headers["content-security-policy"]
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert re.findall(r"<script(?![^>]* src=)|<style| on\w+=| style=", page.text) == []
    named = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(named) == 4
    for address in named:
        assert address.startswith("/docs/")
        reply = await anonymous.get(address)
        assert reply.status_code == httpx.codes.OK
        assert (
            reply.headers["content-type"].partition(";")[0]
            == {
                "js": "text/javascript",
                "css": "text/css",
                "png": "image/png",
            }[address.rpartition(".")[2]]
        )
    assert (await anonymous.get("/redoc")).text == (await anonymous.get("/nowhere")).text


async def test_what_needs_a_credential_is_stored_nowhere(ada: Person) -> None:
    for path in ("/auth/me", "/projects", "/api-keys", f"/runs/{(await make_run(ada))['id']}"):
        reply = await ada.http.get(f"/api/v1{path}")
        assert reply.headers["cache-control"] == "no-store", path


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("page.html", "inline; filename*=UTF-8''page.html"),
        ("drawing.svg", "attachment; filename*=UTF-8''drawing.svg"),
        ('a";b=ü.html', "inline; filename*=UTF-8''a%22%3Bb%3D%C3%BC.html"),
    ],
)
async def test_stored_content_keeps_its_own_policy(ada: Person, path: str, shown: str) -> None:
    content = {path: b"<svg onload='alert(1)'><script>alert(1)</script></svg>"}
    artifact = await make_artifact(ada, (await make_run(ada))["id"], content)
    reply = await ada.http.get(f"/api/v1/artifacts/{artifact['id']}/files/{quote(path)}")
    assert reply.status_code == httpx.codes.OK, reply.text
    assert reply.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "base-uri 'none'; object-src 'none'" in reply.headers["content-security-policy"]
    assert reply.headers["content-disposition"] == shown
    assert "svg" not in reply.headers["content-type"]
    assert reply.headers["x-content-type-options"] == "nosniff"


async def test_behind_https_a_browser_is_told_to_stay_there(
    settings: Settings, web_app: FastAPI, engines: FakeEngines
) -> None:
    """Whatever the answer is: without its lifespan most of what these applications answer is a failure."""
    behind = settings.model_copy(update={"url": "https://platform.test"})
    gateway = build_gateway(behind, engines, prefix="/v1")
    for secured, paths in ((build_app(behind), ASKED), (gateway, ["/v1/models", "/v1/nothing"])):
        async with client(secured) as http:
            for path in paths:
                told = (await http.get(path)).headers["strict-transport-security"]
                assert told == "max-age=31536000; includeSubDomains", path
    async with client(web_app) as http:
        assert "strict-transport-security" not in (await http.get("/healthz")).headers


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null"])
async def test_no_other_origin_may_read_or_ask(anonymous: httpx.AsyncClient, origin: str) -> None:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-csrf-token",
    }
    preflight = await anonymous.options("/api/v1/api-keys", headers=asked)
    assert preflight.status_code == httpx.codes.METHOD_NOT_ALLOWED
    assert not [name for name in preflight.headers if name.startswith("access-control-")]


async def test_trace_is_not_answered(anonymous: httpx.AsyncClient) -> None:
    for path in ("/", "/api/v1/auth/me"):
        assert (await anonymous.request("TRACE", path)).status_code == httpx.codes.METHOD_NOT_ALLOWED


async def test_no_folder_is_listed(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "assets" / "inner").mkdir(parents=True)
    (tmp_path / "assets" / "known-by-name.js").write_text("1")
    (tmp_path / "index.html").write_text("<p>page</p>")
    app = build_app(settings.model_copy(update={"web_root": tmp_path}))
    async with client(app) as http:
        for path in ("/assets", "/assets/", "/assets/inner/", "/assets/../assets/"):
            reply = await http.get(path)
            assert "known-by-name" not in reply.text, path
        assert (await http.get("/assets/known-by-name.js")).text == "1"
