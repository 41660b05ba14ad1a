"""How a file of an artifact is read: whole and verified, in ranges, or by its head alone."""

from pathlib import Path

import httpx
import pytest

from app.config import Settings
from app.storage.store import ArtifactStore
from tests.app.storage.content import digest, some
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_artifact, make_run

CONTENT = some(3_000_000)
TAG = f'"{digest(CONTENT)}"'


@pytest.fixture
async def address(ada: Person) -> str:
    artifact = await make_artifact(ada, (await make_run(ada))["id"], {"clip.mp4": CONTENT})
    return f"/api/v1/artifacts/{artifact['id']}/files/clip.mp4"


async def get(person: Person, address: str, **headers: str) -> httpx.Response:
    return await person.http.get(address, headers={name.replace("_", "-"): told for name, told in headers.items()})


async def test_a_range_is_answered_with_it_alone(ada: Person, address: str) -> None:
    reply = await get(ada, address, range="bytes=1000000-2000000")
    assert (reply.status_code, reply.content) == (206, CONTENT[1_000_000:2_000_001])
    assert reply.headers["content-range"] == "bytes 1000000-2000000/3000000"
    assert reply.headers["content-length"] == "1000001"
    assert (reply.headers["accept-ranges"], reply.headers["etag"]) == ("bytes", TAG)
    assert (await get(ada, address, range="bytes=-5")).content == CONTENT[-5:]
    beyond = await get(ada, address, range="bytes=3000000-")
    assert (beyond.status_code, beyond.json()["code"]) == (416, "range_not_satisfiable")
    assert beyond.headers["content-range"] == "bytes */3000000"


async def test_a_range_of_what_has_changed_is_the_whole(ada: Person, address: str) -> None:
    same = await get(ada, address, range="bytes=0-9", if_range=TAG)
    assert (same.status_code, same.content) == (206, CONTENT[:10])
    for other in ('"another"', f"W/{TAG}", "Mon, 23 Nov 2026 04:00:00 GMT"):
        whole = await get(ada, address, range="bytes=0-9", if_range=other)
        assert (whole.status_code, whole.content) == (200, CONTENT)


async def test_what_the_reader_has_is_not_sent_again(ada: Person, address: str) -> None:
    for known in (TAG, f'"x", W/{TAG}', "*"):
        reply = await get(ada, address, if_none_match=known)
        assert (reply.status_code, reply.content, reply.headers["etag"]) == (304, b"", TAG)
    assert (await get(ada, address, if_none_match='"x"')).status_code == 200


async def test_the_head_tells_what_the_whole_would(ada: Person, address: str) -> None:
    head, whole = await ada.http.head(address), await ada.http.get(address)
    named = set(whole.headers) - {"x-request-id", "ratelimit", "transfer-encoding"}
    assert {name: head.headers[name] for name in named} == {name: whole.headers[name] for name in named}
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "3000000")
    assert (await ada.http.head(address + "x")).status_code == 404


async def test_it_is_served_in_a_sandbox_and_framed_by_us_alone(ada: Person) -> None:
    files = dict.fromkeys(("page.html", "clip.mp4", "sound.wav", "drawing.svg", "paper.pdf", "none"), b"x")
    artifact = await make_artifact(ada, (await make_run(ada))["id"], files)
    expected = {
        "page.html": ("text/html; charset=utf-8", "inline"),
        "clip.mp4": ("video/mp4", "attachment"),
        "sound.wav": ("audio/x-wav", "attachment"),
        "drawing.svg": ("application/octet-stream", "attachment"),
        "paper.pdf": ("application/octet-stream", "attachment"),
        "none": ("application/octet-stream", "attachment"),
    }
    for name, (media_type, disposition) in expected.items():
        reply = await ada.http.get(f"/api/v1/artifacts/{artifact['id']}/files/{name}")
        policy = reply.headers["content-security-policy"]
        assert policy.startswith("sandbox; default-src 'none'"), name
        assert policy.endswith("frame-ancestors 'self'"), name
        assert reply.headers["content-type"] == media_type, name
        assert reply.headers["content-disposition"].startswith(disposition), name
        assert reply.headers["x-content-type-options"] == "nosniff", name


async def test_spoilt_content_ends_before_its_end(ada: Person, served: str, address: str, settings: Settings) -> None:
    """Over a real connection: the reader is told more bytes than come."""
    path = Path(settings.store.removeprefix("file://")) / ArtifactStore.key(ada.org_id, digest(CONTENT))
    path.write_bytes(CONTENT[:-1] + bytes([CONTENT[-1] ^ 1]))
    async with httpx.AsyncClient(base_url=served, headers=ada.headers) as http:
        with pytest.raises(httpx.RemoteProtocolError, match="peer closed connection without sending complete"):
            await http.get(address)
        path.write_bytes(CONTENT[:-1])
        short = await http.get(address)
        assert (short.status_code, short.json()["code"]) == (500, "content_spoilt")
        path.unlink()
        assert "it is gone" in (await http.get(address)).json()["detail"]


async def test_an_address_is_decoded_once(ada: Person) -> None:
    files = {"a%2Fb": b"as it is called", "a/b": b"in a folder"}
    artifact = await make_artifact(ada, (await make_run(ada))["id"], files)
    place = f"/api/v1/artifacts/{artifact['id']}/files"
    assert (await ada.http.get(f"{place}/a%252Fb")).content == b"as it is called"
    assert (await ada.http.get(f"{place}/a%2Fb")).content == b"in a folder"
    for twice in ("%252e%252e%252fa%252fb", "x%252f%252e%252e%252fa%252fb", "a%25252Fb"):
        assert (await ada.http.get(f"{place}/{twice}")).status_code == 404
