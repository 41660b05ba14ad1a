"""Images, tables and texts: what is taken of a value at once, and what is made of it later, in the thread that sends.

Nothing is imported before a value of its kind is logged. An image that is no file needs Pillow (`trine[media]`).
"""

import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trine.buffer import plain_json
from trine.uploads import Upload, sha256_of

MAX_BYTES = 32 * 1024 * 1024
MAX_ROWS = 100_000
MAX_PIXELS = 64 * 1024 * 1024

_SIGNATURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


@dataclass(frozen=True)
class Content:
    media_type: str
    data: bytes = field(repr=False)
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """A value as it was when it was logged: whoever logged it may change it."""

    size: int
    """Bytes that it holds, about."""
    encode: Callable[[], Content]
    """Raises where the value cannot be shown."""


def image(value: Any) -> Snapshot:
    """Of a path, the bytes of a file, a Matplotlib figure, a PIL image, an array or a tensor.

    Arrays are (height, width) or (height, width, 1 | 3 | 4), tensors also (1 | 3 | 4, height, width); integers from
    0 to 255, or floats from 0 to 1. Raises `ValueError`, `TypeError`, `OSError`.
    """
    if isinstance(value, str | Path):
        value = _file(Path(value))
    if isinstance(value, bytes | bytearray | memoryview):
        data = bytes(value)
        return Snapshot(len(data), lambda: Content(_image_type(data), data))
    if hasattr(value, "savefig"):  # drawn now: Matplotlib is not safe in another thread
        drawn = io.BytesIO()
        value.savefig(drawn, format="png")
        return Snapshot(drawn.tell(), lambda: Content("image/png", drawn.getvalue()))
    if hasattr(value, "save") and hasattr(value, "mode") and hasattr(value, "copy"):
        picture = value.copy()
        return Snapshot(4 * picture.width * picture.height, lambda: _png(picture))
    if hasattr(value, "detach"):
        value, is_tensor = value.detach().cpu().numpy(), True
    else:
        is_tensor = False
    if hasattr(value, "__array_interface__"):
        import numpy

        if value.size > 4 * MAX_PIXELS:
            raise ValueError(f"an image of shape {value.shape} is too large")
        array = numpy.array(value)  # a copy
        return Snapshot(array.nbytes, lambda: _png(_picture(array, is_tensor)))
    raise TypeError(f"an image is a path, bytes, a figure, a PIL image or an array, not {type(value).__name__}")


def table(
    data: Any = None, *, columns: Sequence[str] | None = None, rows: Iterable[Sequence[Any]] | None = None
) -> Snapshot:
    """Of a list of mappings, a mapping of columns, a pandas or pyarrow table, or `columns` and `rows`.

    Raises `ValueError` and `TypeError`.
    """
    if columns is not None or rows is not None:
        if data is not None or columns is None or rows is None:
            raise ValueError("give the data, or both columns and rows")
        named, taken = [str(name) for name in columns], [list(row) for row in rows]
        return Snapshot(_guessed(len(taken), len(named)), lambda: _table(named, taken))
    if hasattr(data, "iloc") and hasattr(data, "columns"):  # pandas
        frame = data.copy()
        return Snapshot(_guessed(*frame.shape), lambda: _of_frame(frame))
    if hasattr(data, "to_pydict"):  # pyarrow, whose tables do not change
        return Snapshot(_guessed(data.num_rows, data.num_columns), lambda: _of_columns(data.to_pydict()))
    if isinstance(data, Mapping):
        held = {str(name): list(column) for name, column in data.items()}
        return Snapshot(_guessed(max(map(len, held.values()), default=0), len(held)), lambda: _of_columns(held))
    if isinstance(data, Iterable) and not isinstance(data, str | bytes):
        records = [dict(record) for record in data]
        return Snapshot(_guessed(len(records), len(records[0]) if records else 0), lambda: _of_records(records))
    raise TypeError(f"a table is a list of mappings, columns and rows, or a data frame, not {type(data).__name__}")


def text(value: Any) -> Snapshot:
    data = str(value).encode("utf-8", "replace")
    return Snapshot(len(data), lambda: Content("text/plain", data, {"characters": len(str(value))}))


def upload(snapshot: Snapshot, caption: str, place: Mapping[str, Any]) -> Upload:
    """`place` says under which key, at which step and when. Raises `ValueError`, and what encoding raises."""
    content = snapshot.encode()
    if len(content.data) > MAX_BYTES:
        raise ValueError(f"{len(content.data)} bytes: at most {MAX_BYTES} are logged; use log_artifact")
    sha256 = sha256_of(content.data)
    body = {
        **place,
        "media_type": content.media_type,
        "sha256": sha256,
        "size": len(content.data),
        "attributes": content.attributes | ({"caption": caption[:1000]} if caption else {}),
    }
    return Upload("media", body, {sha256: content.data})


def _file(path: Path) -> bytes:
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ValueError(f"{path} has {size} bytes: at most {MAX_BYTES} are logged; use log_artifact")
    return path.read_bytes()


def _image_type(data: bytes) -> str:
    for signature, media_type in _SIGNATURES.items():
        if data.startswith(signature):
            return media_type
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    raise ValueError("the file is no PNG, JPEG, GIF or WebP")


def _picture(array: Any, is_tensor: bool) -> Any:
    import numpy
    from PIL import Image

    if is_tensor and array.ndim == 3 and array.shape[0] in (1, 3, 4) and array.shape[2] not in (1, 3, 4):
        array = array.transpose(1, 2, 0)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)) or 0 in array.shape:
        raise ValueError(f"an image has the shape (height, width) or (height, width, 1 | 3 | 4), not {array.shape}")
    if array.dtype == bool:
        array = array * numpy.uint8(255)
    elif array.dtype.kind == "f":
        array = numpy.nan_to_num(array, nan=0.0).clip(0.0, 1.0) * 255 + 0.5
    elif array.dtype.kind in "iu":
        array = array.clip(0, 255)
    else:
        raise ValueError(f"an image has numbers, not {array.dtype}")
    return Image.fromarray(numpy.ascontiguousarray(array, dtype=numpy.uint8))


def _png(picture: Any) -> Content:
    written = io.BytesIO()
    mode = picture.mode if picture.mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16") else "RGB"
    (picture if mode == picture.mode else picture.convert(mode)).save(written, format="PNG")
    return Content("image/png", written.getvalue(), {"width": picture.width, "height": picture.height})


def _of_frame(frame: Any) -> Content:
    return _table([str(name) for name in frame.columns], frame.astype(object).to_numpy().tolist())


def _of_columns(columns: Mapping[str, Sequence[Any]]) -> Content:
    longest = max(map(len, columns.values()), default=0)
    if any(len(column) != longest for column in columns.values()):
        raise ValueError(f"the columns of a table are equally long, not {[len(each) for each in columns.values()]}")
    return _table(list(columns), [list(row) for row in zip(*columns.values(), strict=True)])


def _of_records(records: Sequence[Mapping[Any, Any]]) -> Content:
    names = list(dict.fromkeys(str(name) for record in records for name in record))
    plain = [{str(name): value for name, value in record.items()} for record in records]
    return _table(names, [[record.get(name) for name in names] for record in plain])


def _table(columns: list[str], rows: list[list[Any]]) -> Content:
    if len(rows) > MAX_ROWS:
        raise ValueError(f"a table of {len(rows)} rows is too large: at most {MAX_ROWS} are logged; use log_artifact")
    if wrong := next((row for row in rows if len(row) != len(columns)), None):
        raise ValueError(f"a row has {len(wrong)} values, and there are {len(columns)} columns")
    data = json.dumps({"columns": columns, "rows": plain_json(rows)}, ensure_ascii=False).encode("utf-8", "replace")
    return Content("application/json", data, {"rows": len(rows), "columns": len(columns)})


def _guessed(rows: int, columns: int) -> int:
    """Bytes of a table in memory; of one that is too large too."""
    return 64 * rows * max(1, columns)
