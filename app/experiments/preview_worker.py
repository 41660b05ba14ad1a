"""Looks into one file that somebody uploaded, and prints what it found as JSON: `preview_worker.py KIND PATH WHOLE`.

A process of its own, without the platform's code, secrets or network clients: what it reads may be made to break its
reader, so it has little memory and little time, and nothing to give away.
"""

import base64
import io
import json
import math
import resource
import sys
import warnings
import wave
from pathlib import Path
from typing import Any

CPU_SECONDS = 5
MEMORY = 1024**3
"""Bytes of addresses; pyarrow reserves much more than it uses."""
TEXT = 64 * 1024
"""Characters of a text."""
ROWS, COLUMNS, CELL = 100, 200, 500
PIXELS = 64_000_000
"""More are not decoded: a small file may be an image of any size."""
THUMBNAIL = 512
"""Pixels of the longer side."""
IMAGES = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")


class Unreadable(Exception):
    """Why there is no preview, for people."""


def main() -> None:
    kind, path, whole = sys.argv[1], Path(sys.argv[2]), sys.argv[3] == "whole"
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        found = READERS[kind](path, whole)
    except Unreadable as error:
        found = {"kind": "none", "reason": str(error)}
    except Exception as error:  # noqa: BLE001 -- whatever a library says of a file that is made to break it
        found = {"kind": "none", "reason": f"it cannot be read as {kind}: {type(error).__name__}"}
    sys.stdout.write(json.dumps(found, default=str, allow_nan=False))


def text(path: Path, whole: bool) -> dict[str, Any]:
    content = path.read_bytes()
    if b"\0" in content:
        raise Unreadable("it is not text")
    # A character that was cut in two at the end is left out.
    decoded = content.decode("utf-8", errors="replace" if whole else "ignore")
    return {"kind": "text", "text": decoded[:TEXT], "truncated": not whole or len(decoded) > TEXT}


def card(path: Path, whole: bool) -> dict[str, Any]:
    """A model card: YAML between two lines of dashes, then Markdown, which is given as text and never as HTML."""
    import yaml

    found = text(path, whole)
    metadata: Any = None
    body: str = found["text"]
    if body.startswith("---\n"):
        head, separator, rest = body[4:].partition("\n---")
        if separator:
            try:
                metadata = yaml.safe_load(head)
                body = rest.lstrip("-").lstrip("\r\n")
            except yaml.YAMLError:
                metadata = None
    return found | {"kind": "card", "text": body, "metadata": metadata if isinstance(metadata, dict) else {}}


def csv(path: Path, whole: bool) -> dict[str, Any]:
    return _delimited(path, whole, ",")


def tsv(path: Path, whole: bool) -> dict[str, Any]:
    return _delimited(path, whole, "\t")


def jsonl(path: Path, whole: bool) -> dict[str, Any]:
    import pyarrow.json

    content = _lines(path, whole)
    options = pyarrow.json.ReadOptions(use_threads=False, block_size=len(content) + 1)
    return _table(pyarrow.json.read_json(io.BytesIO(content), read_options=options), whole)


def parquet(path: Path, whole: bool) -> dict[str, Any]:
    """Of a large file its beginning and its end are there, and nothing between them."""
    import pyarrow
    import pyarrow.parquet

    file = pyarrow.parquet.ParquetFile(path, memory_map=False)
    total, schema = file.metadata.num_rows, file.schema_arrow
    columns = schema.names[:COLUMNS]
    rows: Any = schema.empty_table()
    try:
        for batch in file.iter_batches(batch_size=ROWS, columns=columns, use_threads=False):
            rows = pyarrow.Table.from_batches([batch])
            break
    except (pyarrow.ArrowException, OSError):
        if whole:
            raise
    return _table(rows, whole) | {"total": total, "truncated": total > min(ROWS, rows.num_rows)}


def image(path: Path, whole: bool) -> dict[str, Any]:
    import PIL.Image

    PIL.Image.MAX_IMAGE_PIXELS = PIXELS
    warnings.simplefilter("ignore")
    if not whole:
        raise Unreadable("the image is too large")
    with PIL.Image.open(path, formats=IMAGES) as opened:
        found: dict[str, Any] = {
            "kind": "image",
            "format": opened.format,
            "width": opened.width,
            "height": opened.height,
            "frames": getattr(opened, "n_frames", 1),
            "thumbnail": None,
        }
        if opened.width * opened.height > PIXELS:
            return found
        opened.draft("RGB", (THUMBNAIL, THUMBNAIL))
        small: Any = opened.convert("RGBA")
        small.thumbnail((THUMBNAIL, THUMBNAIL))
    output = io.BytesIO()
    small.save(output, "PNG")
    return found | {"thumbnail": "data:image/png;base64," + base64.b64encode(output.getvalue()).decode()}


def sound(path: Path, whole: bool) -> dict[str, Any]:
    """Of uncompressed sound what its head tells; everything else is for a player."""
    found: dict[str, Any] = {"kind": "audio", "seconds": None, "rate": None, "channels": None}
    try:
        with wave.open(str(path), "rb") as opened:
            rate = opened.getframerate()
            found |= {"rate": rate, "channels": opened.getnchannels(), "seconds": opened.getnframes() / rate}
    except (wave.Error, EOFError, ZeroDivisionError):
        pass
    return found


def _delimited(path: Path, whole: bool, delimiter: str) -> dict[str, Any]:
    import pyarrow.csv

    content = _lines(path, whole)
    read = pyarrow.csv.ReadOptions(use_threads=False, block_size=len(content) + 1)
    parse = pyarrow.csv.ParseOptions(
        delimiter=delimiter, newlines_in_values=True, invalid_row_handler=lambda row: "skip"
    )
    return _table(pyarrow.csv.read_csv(io.BytesIO(content), read_options=read, parse_options=parse), whole)


def _lines(path: Path, whole: bool) -> bytes:
    """What ends where a line ends."""
    content = path.read_bytes()
    return content if whole else content[: content.rfind(b"\n") + 1]


def _table(table: Any, whole: bool) -> dict[str, Any]:
    fields = list(table.schema)[:COLUMNS]
    shown = table.select([field.name for field in fields]) if len(set(table.schema.names)) == len(fields) else table
    first = shown.slice(0, ROWS)
    rows = zip(*([_cell(value.as_py()) for value in column] for column in first.columns[:COLUMNS]), strict=True)
    return {
        "kind": "table",
        "columns": [{"name": field.name, "type": str(field.type)} for field in fields],
        "rows": [list(row) for row in rows],
        "total": table.num_rows if whole else None,
        "truncated": not whole or table.num_rows > ROWS or len(table.schema) > COLUMNS,
    }


def _cell(value: Any) -> Any:
    """As JSON can say it, and not long."""
    if value is None or isinstance(value, bool | int):
        return value if not isinstance(value, int) or abs(value) < 2**53 else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    told = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return told if len(told) <= CELL else told[:CELL] + "…"


READERS = {
    "text": text,
    "card": card,
    "csv": csv,
    "tsv": tsv,
    "jsonl": jsonl,
    "parquet": parquet,
    "image": image,
    "sound": sound,
}

if __name__ == "__main__":
    main()
