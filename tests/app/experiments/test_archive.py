"""All files of an artifact at once."""

import io
import zipfile
from pathlib import Path

import httpx
import pytest

from app.config import Settings
from app.storage.store import ArtifactStore
from tests.app.storage.content import digest, some
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_artifact, make_run

FILES = {"a/weights.bin": some(3_000_000), "ü.txt": b"text", "empty": b""}


async def test_it_holds_every_file(ada: Person) -> None:
    artifact = await make_artifact(ada, (await make_run(ada))["id"], FILES, name="../my model/1")
    reply = await ada.http.get(f"/api/v1/artifacts/{artifact['id']}/archive")
    assert int(reply.headers["content-length"]) == len(reply.content)
    assert reply.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {
            f"_my model_1/{path}": content for path, content in FILES.items()
        }


async def test_a_spoilt_file_ends_it_before_its_end(ada: Person, served: str, settings: Settings) -> None:
    artifact = await make_artifact(ada, (await make_run(ada))["id"], FILES)
    content = FILES["a/weights.bin"]
    path = Path(settings.store.removeprefix("file://")) / ArtifactStore.key(ada.org_id, digest(content))
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    async with httpx.AsyncClient(base_url=served, headers=ada.headers) as http:
        with pytest.raises(httpx.RemoteProtocolError):
            await http.get(f"/api/v1/artifacts/{artifact['id']}/archive")
