import asyncio
import hashlib
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from app.auth.permissions import Role
from app.auth.principal import Principal, PrincipalKind
from app.config import Settings
from app.experiments import artifacts
from app.experiments.schemas import ArtifactCreate
from app.kit.db import Database
from app.storage import links
from tests.fixtures.auth import Person
from tests.fixtures.db import Prepared
from tests.fixtures.factories import make_artifact, make_run, upload
from tests.fixtures.locks import until_blocked


@pytest.fixture
async def run(ada: Person) -> str:
    made: str = (await make_run(ada))["id"]
    return made


def stored(settings: Settings) -> set[Path]:
    return {path for path in (settings.home / "storage").rglob("*") if path.is_file()}


async def test_what_comes_down_is_what_went_up(ada: Person, run: str) -> None:
    content = bytes(range(256)) * 5000
    made = await make_artifact(ada, run, {"a/b.bin": content, "c.txt": b"text"})
    assert made["size"] == len(content) + 4
    reply = await ada.http.get(f"/api/v1/artifacts/{made['id']}/files/a/b.bin")
    assert reply.content == content
    assert reply.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["content-disposition"].startswith("attachment")
    shown = await ada.http.get(f"/api/v1/artifacts/{made['id']}/files/c.txt")
    assert shown.headers["content-disposition"].startswith("inline")
    assert (await ada.http.get(f"/api/v1/artifacts/{made['id']}/files/absent")).status_code == 404


async def test_the_same_name_and_content_is_the_same_artifact(ada: Person, run: str) -> None:
    first = await make_artifact(ada, run, {"x": b"1"})
    assert (await make_artifact(ada, run, {"x": b"1"}))["id"] == first["id"]
    assert (await make_artifact(ada, run, {"x": b"2"}))["id"] != first["id"]
    assert len(await ada.listed(f"/runs/{run}/artifacts")) == 2


async def test_of_many_at_once_one_is_made(ada: Person, run: str) -> None:
    entry = {"path": "x", **await upload(ada, run, b"same")}
    body = {"name": "same", "files": [entry]}
    replies = await asyncio.gather(*(ada.http.post(f"/api/v1/runs/{run}/artifacts", json=body) for _ in range(8)))
    assert {reply.status_code for reply in replies} == {201}
    (made,) = await ada.listed(f"/runs/{run}/artifacts")
    assert {reply.json()["id"] for reply in replies} == {made["id"]}
    assert len((await ada.get(f"/artifacts/{made['id']}"))["files"]) == 1
    events = (await ada.get("/events/history", params={"subject_id": made["id"]}))["items"]
    assert [event["action"] for event in events] == ["artifact.created"]


async def test_of_two_at_once_the_second_waits_and_finds_the_first(
    ada: Person, run: str, app_database: Database, prepared: Prepared
) -> None:
    """The first has written its row and not committed it when the second looks."""
    entry = {"path": "x", **await upload(ada, run, b"same")}
    body = {"name": "same", "files": [entry]}
    async with app_database.session(ada.scope) as session:
        first = await artifacts.create(
            session, principal=principal(ada), run_id=UUID(run), body=ArtifactCreate.model_validate(body)
        )
        second = asyncio.create_task(ada.http.post(f"/api/v1/runs/{run}/artifacts", json=body))
        await until_blocked(prepared)
    assert (await second).json()["id"] == str(first.id)
    assert len(await ada.listed(f"/runs/{run}/artifacts")) == 1


def principal(person: Person) -> Principal:
    return Principal(PrincipalKind.USER, person.user_id, person.user_id, {person.org_id: Role.OWNER})


async def test_a_wrong_digest_leaves_nothing(ada: Person, run: str, settings: Settings) -> None:
    before = stored(settings)
    digest = hashlib.sha256(b"right").hexdigest()
    reply = await ada.http.put(f"/api/v1/runs/{run}/blobs/{digest}", content=b"wrong")
    assert (reply.status_code, reply.json()["code"]) == (422, "digest_mismatch")
    assert (await ada.http.head(f"/api/v1/runs/{run}/blobs/{digest}")).status_code == 404
    assert stored(settings) == before


async def test_who_knows_the_digest_of_another_organization_s_content_gets_nothing_for_it(
    ada: Person, bob: Person, run: str
) -> None:
    """Not the content, and not that it is there: every way in takes the bytes themselves."""
    secret = b"weights of Ada's"
    entry = await upload(ada, run, secret)
    await ada.post(f"/runs/{run}/artifacts", {"name": "hers", "files": [{"path": "w", **entry}]})
    theirs = (await make_run(bob))["id"]
    digest = entry["sha256"]
    assert (await bob.http.head(f"/api/v1/runs/{theirs}/blobs/{digest}")).status_code == 404
    claimed = {"name": "claimed", "files": [{"path": "w", **entry}]}
    image = {"key": "k", "kind": "text", "step": 0, "time": 1.0, "media_type": "text/plain", **entry}
    for path, body in ((f"/runs/{theirs}/artifacts", claimed), (f"/runs/{theirs}/media", image)):
        reply = await bob.http.post(f"/api/v1{path}", json=body)
        assert (reply.status_code, "was not uploaded" in reply.text) == (422, True), path
    begun = await bob.post(f"/runs/{theirs}/uploads", entry)
    assert (begun["complete"], begun["parts"]) == (False, [])
    place = f"/api/v1/runs/{theirs}/uploads/{begun['id']}"
    reply = await bob.http.post(f"{place}:complete", json={"parts": [digest]})
    assert (reply.status_code, reply.json()["code"]) == (422, "parts_missing")
    assert (await bob.get(f"/runs/{theirs}/artifacts"))["items"] == []
    # With the bytes it is his own, and hers stays hers.
    assert await upload(bob, theirs, secret) == entry
    made = await bob.post(f"/runs/{theirs}/artifacts", claimed)
    assert (await bob.http.get(f"/api/v1/artifacts/{made['id']}/files/w")).content == secret
    assert (await ada.http.get(f"/api/v1/artifacts/{made['id']}/files/w")).status_code == 404


async def test_a_missing_content_is_named(ada: Person, run: str) -> None:
    entry = await upload(ada, run, b"there")
    absent = {"path": "weights.bin", "sha256": hashlib.sha256(b"absent").hexdigest(), "size": 6}
    body = {"name": "x", "files": [{"path": "there", **entry}, absent]}
    reply = await ada.http.post(f"/api/v1/runs/{run}/artifacts", json=body)
    assert reply.status_code == 422
    assert "the content of 'weights.bin' was not uploaded" in reply.json()["detail"]
    body["files"] = [{"path": "there", **entry, "size": 1}]
    assert "has 5 bytes, not 1" in (await ada.http.post(f"/api/v1/runs/{run}/artifacts", json=body)).json()["detail"]


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../b", "a//b", "./a", ".", "a\\b", "a\x00b", "a\nb", "a/"])
async def test_a_path_that_leaves_its_folder_is_refused(ada: Person, run: str, path: str) -> None:
    entry = await upload(ada, run, b"x")
    body = {"name": "x", "files": [{"path": path, **entry}]}
    reply = await ada.http.post(f"/api/v1/runs/{run}/artifacts", json=body)
    assert reply.status_code == 422
    assert "is not a plain relative path" in reply.json()["detail"]


async def test_a_signed_link_needs_no_credential(
    ada: Person, run: str, anonymous: httpx.AsyncClient, settings: Settings
) -> None:
    made = await make_artifact(ada, run, {"a b/ü.txt": b"linked", "other": b"other"})

    def link(lifetime: float) -> str:
        return links.signed_path(
            settings.signing_key, org_id=ada.org_id, artifact_id=UUID(made["id"]), path="a b/ü.txt", lifetime=lifetime
        )

    assert (await anonymous.get(link(60))).content == b"linked"
    assert (await anonymous.get(link(-1))).status_code == 404
    assert (await anonymous.get(link(60).replace("%C3%BC.txt", "other"))).status_code == 404
    assert (await anonymous.get(link(60)[:-1])).status_code == 404
    for nonsense in ("é", "²²²²²²²²²²²².x", "99999999999.é"):
        address = link(60).partition("?")[0]
        assert (await anonymous.get(address, params={"signature": nonsense})).status_code == 404


async def test_a_link_is_of_one_file_of_one_artifact(
    ada: Person, bob: Person, run: str, anonymous: httpx.AsyncClient, settings: Settings
) -> None:
    made, other = [await make_artifact(ada, run, {"x": content}) for content in (b"linked", b"other")]
    theirs = await make_artifact(bob, (await make_run(bob))["id"], {"x": b"theirs"})
    link = links.signed_path(
        settings.signing_key, org_id=ada.org_id, artifact_id=UUID(made["id"]), path="x", lifetime=60
    )
    part = await anonymous.get(link, headers={"Range": "bytes=1-2"})
    assert (part.status_code, part.content) == (206, b"in")
    head = await anonymous.head(link)
    assert (head.status_code, head.headers["content-length"]) == (200, "6")
    assert "sandbox" in head.headers["content-security-policy"]
    for altered in (
        link.replace(made["id"], other["id"]),
        link.replace(str(ada.org_id), str(bob.org_id)),
        link.replace(made["id"], theirs["id"]).replace(str(ada.org_id), str(bob.org_id)),
        link.replace("signature=", "signature=9"),
    ):
        assert (await anonymous.get(altered)).status_code == 404, altered
    assert (await anonymous.put(link, content=b"overwritten")).status_code == 405
    assert (await ada.http.delete(f"/api/v1/artifacts/{made['id']}")).status_code == 204
    assert (await anonymous.get(link)).status_code == 404, "what is deleted is not given to who has a link"
