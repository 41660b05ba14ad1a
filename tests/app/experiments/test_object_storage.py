"""The whole way of a file through the application, with a bucket for a store."""

import io
import zipfile

from app.config import Settings
from app.main import build_app
from tests.app.storage.content import digest, some
from tests.fixtures.app import client, listening
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_run

TABLE = b"a,b\n1,2\n"


async def test_a_file_in_parts_comes_back_whole_in_a_range_and_in_a_zip(
    settings: Settings, ada: Person, s3_url: str
) -> None:
    run, content = (await make_run(ada))["id"], some(9_000_000)
    app = build_app(settings.model_copy(update={"storage_url": s3_url}))
    async with app.router.lifespan_context(app), client(app, ada.token) as http:
        await listening(app)
        body = {"sha256": digest(content), "size": len(content)}
        upload = (await http.post(f"/api/v1/runs/{run}/uploads", json=body)).json()
        where = f"/api/v1/runs/{run}/uploads/{upload['id']}"
        sent = await http.put(f"{where}/parts/0", params={"sha256": digest(content)}, content=content)
        assert sent.status_code == 200, sent.text
        assert (await http.post(f"{where}:complete", json={"parts": [digest(content)]})).status_code == 204
        assert (await http.put(f"/api/v1/runs/{run}/blobs/{digest(TABLE)}", content=TABLE)).status_code == 201
        files = [{"path": "w.bin", **body}, {"path": "t.csv", "sha256": digest(TABLE), "size": len(TABLE)}]
        made = await http.post(f"/api/v1/runs/{run}/artifacts", json={"name": "x", "files": files})
        address = f"/api/v1/artifacts/{made.json()['id']}"
        assert (await http.get(f"{address}/files/w.bin")).content == content
        part = await http.get(f"{address}/files/w.bin", headers={"Range": "bytes=8000000-"})
        assert (part.status_code, part.content) == (206, content[8_000_000:])
        with zipfile.ZipFile(io.BytesIO((await http.get(f"{address}/archive")).content)) as archive:
            assert archive.read("x/w.bin") == content
        table = (await http.get(f"{address}/previews/t.csv")).json()
        assert [column["name"] for column in table["columns"]] == ["a", "b"]
