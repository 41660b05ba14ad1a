"""What a preview tells of a file, and what it refuses to be made to do."""

import base64
import io
import json
import struct
import wave
import zlib
from typing import Any
from uuid import uuid4

import PIL.Image
import pyarrow
import pyarrow.parquet
import pytest

from app.experiments import previews
from app.experiments.preview_worker import CELL, PIXELS, ROWS, TEXT
from app.storage.store import ArtifactStore
from app.tables import ArtifactFile
from tests.app.storage.content import digest, some, streamed
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_artifact, make_run

ORG = uuid4()


async def look(person: Person, path: str, content: bytes) -> Any:
    artifact = await make_artifact(person, (await make_run(person))["id"], {path: content})
    return await person.get(f"/artifacts/{artifact['id']}/previews/{path}")


async def test_text(ada: Person) -> None:
    found = await look(ada, "deep/notes.md", "Ünïcode\n".encode())
    assert found == {"kind": "text", "text": "Ünïcode\n", "truncated": False}
    long = await look(ada, "log.txt", b"x" + "é".encode() * TEXT)
    assert long["truncated"]
    assert set(long["text"]) == {"x", "é"}, "no character is cut in two"
    assert (await look(ada, "drawing.svg", b"<svg onload='x'/>"))["kind"] == "text"
    assert (await look(ada, "binary.txt", b"\0\1"))["reason"] == "it is not text"
    assert (await look(ada, "weights.bin", b"\0\1"))["kind"] == "none"


async def test_a_model_card(ada: Person) -> None:
    content = b"---\nlicense: apache-2.0\ntags: [a, b]\n---\n# Net\n<script>alert(1)</script>\n"
    found = await look(ada, "README.md", content)
    assert found == {
        "kind": "card",
        "text": "# Net\n<script>alert(1)</script>\n",
        "metadata": {"license": "apache-2.0", "tags": ["a", "b"]},
        "truncated": False,
    }
    assert (await look(ada, "README.md", b"---\na: [\n---\nrest"))["metadata"] == {}
    references = "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9) if n else 'x'}]\n" for n in range(12))
    bomb = await look(ada, "README.md", b"---\n" + references.encode() + b"---\nrest")
    assert bomb["kind"] == "none", "a billion laughs"


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("t.csv", b'name,loss\n"a, b",0.5\nc,1\n'),
        ("t.tsv", b"name\tloss\na, b\t0.5\nc\t1\n"),
        ("t.jsonl", b'{"name": "a, b", "loss": 0.5}\n{"name": "c", "loss": 1}\n'),
    ],
)
async def test_tables_of_text(ada: Person, path: str, content: bytes) -> None:
    assert await look(ada, path, content) == {
        "kind": "table",
        "columns": [{"name": "name", "type": "string"}, {"name": "loss", "type": "double"}],
        "rows": [["a, b", 0.5], ["c", 1.0]],
        "total": 2,
        "truncated": False,
    }


async def test_a_long_table_shows_its_beginning(ada: Person) -> None:
    rows = "".join(f"{number},{'x' * 2000}\n" for number in range(1000))
    found = await look(ada, "long.csv", f"number,text\n{rows}".encode())
    assert (len(found["rows"]), found["total"], found["truncated"]) == (100, None, True)
    assert found["rows"][7] == [7, "x" * CELL + "…"]


async def test_parquet(ada: Person) -> None:
    table = pyarrow.table({"id": list(range(250)), "score": [float("nan"), *[0.5] * 249], "raw": [b"abc"] * 250})
    output = io.BytesIO()
    pyarrow.parquet.write_table(table, output)
    found = await look(ada, "data.parquet", output.getvalue())
    assert [column["type"] for column in found["columns"]] == ["int64", "double", "binary"]
    assert (found["total"], len(found["rows"]), found["truncated"]) == (250, ROWS, True)
    assert found["rows"][0] == [0, "nan", "3 bytes"]


async def test_of_a_large_parquet_file_only_both_ends_are_read(
    store: ArtifactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(previews.HEAD, "parquet", 400_000)
    monkeypatch.setitem(previews.TAIL, "parquet", 100_000)
    output = io.BytesIO()
    columns = {"id": list(range(40_000)), "noise": [some(100, seed) for seed in range(40_000)]}
    pyarrow.parquet.write_table(pyarrow.table(columns), output, row_group_size=1000, compression="none")
    content = output.getvalue()
    assert len(content) > 4_000_000
    file = await stored(store, "large.parquet", content)
    found = await previews.preview(store, org_id=file.org_id, file=file)
    assert found.kind == "table"
    assert (found.total, len(found.rows), found.rows[99][0]) == (40_000, ROWS, 99)


async def stored(store: ArtifactStore, path: str, content: bytes) -> ArtifactFile:
    await store.write(ORG, digest(content), streamed(content), limit=len(content))
    return ArtifactFile(org_id=ORG, path=path, sha256=digest(content), size=len(content))


async def test_images(ada: Person) -> None:
    for name in ("png", "jpeg", "gif", "webp", "bmp", "tiff"):
        output = io.BytesIO()
        PIL.Image.new("RGB", (1500, 500), "red").save(output, name)
        found = await look(ada, f"plot.{name}", output.getvalue())
        assert (found["kind"], found["format"].lower(), found["width"], found["height"]) == ("image", name, 1500, 500)
        small = PIL.Image.open(io.BytesIO(base64.b64decode(found["thumbnail"].partition(",")[2])))
        assert (small.format, small.size) == ("PNG", (512, 171))
        red, green, blue, alpha = small.convert("RGBA").getpixel((9, 9))  # type: ignore[misc]
        assert (red > 240, green < 20, blue < 20, alpha) == (True, True, True, 255)


async def test_an_image_that_would_fill_the_memory_is_not_decoded(ada: Person) -> None:
    side = 60_000
    found = await look(ada, "bomb.png", png(side, side))
    assert side * side > PIXELS
    assert (found["kind"], found["reason"]) == ("none", "it cannot be read as image: DecompressionBombError")
    between = await look(ada, "large.png", png(9_000, 9_000))
    assert (between["width"], between["thumbnail"]) == (9_000, None)
    assert (await look(ada, "not.png", b"<html>"))["reason"] == "it cannot be read as image: UnidentifiedImageError"


def png(width: int, height: int) -> bytes:
    """An image of zeros, in few bytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width // 8 + 1) * min(height, 2000)), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


async def test_sound_and_video_are_for_a_player(ada: Person) -> None:
    output = io.BytesIO()
    with wave.open(output, "wb") as opened:
        opened.setnchannels(2)
        opened.setsampwidth(2)
        opened.setframerate(8000)
        opened.writeframes(bytes(4 * 4000))
    found = await look(ada, "voice.wav", output.getvalue())
    assert found == {"kind": "audio", "seconds": 0.5, "rate": 8000, "channels": 2}
    assert (await look(ada, "voice.mp3", b"ID3"))["kind"] == "audio"
    assert await look(ada, "clip.mp4", b"") == {"kind": "video"}


async def test_what_the_reader_has_is_not_made_again(ada: Person) -> None:
    artifact = await make_artifact(ada, (await make_run(ada))["id"], {"a.txt": b"x", "b.json": json.dumps({}).encode()})
    path = f"/api/v1/artifacts/{artifact['id']}/previews/a.txt"
    reply = await ada.http.get(path)
    again = await ada.http.get(path, headers={"If-None-Match": reply.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = await ada.http.get(path.replace("a.txt", "b.json"), headers={"If-None-Match": reply.headers["etag"]})
    assert other.status_code == 200
    assert (await ada.http.get(path + "x")).status_code == 404


async def test_what_takes_too_long_is_ended(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "SECONDS", 0.0)
    assert (await look(ada, "a.txt", b"x"))["reason"] == "to look into it took too long"
