"""How what users uploaded leaves: sandboxed, so that a stored page cannot act as its reader."""

import mimetypes
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote
from uuid import UUID

from fastapi import Response, status
from fastapi.responses import StreamingResponse

from app.storage.ranges import span
from app.storage.store import ArtifactStore

SHOWN_INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "text/plain", "application/json"})
PLAYED = ("audio/", "video/")
"""Known for what they are, so that a page can play them; opened on their own they are saved."""
SANDBOX = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors 'self'"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request asks of a file: the headers of RFC 9110, sections 13 and 14."""

    range: str | None = None
    if_range: str | None = None
    if_none_match: str | None = None
    head: bool = False


async def respond(store: ArtifactStore, *, org_id: UUID, sha256: str, size: int, path: str, wanted: Wanted) -> Response:
    """200, 206 for a range, or 304. Raises `RangeNotSatisfiable`, and `Spoilt` where the store has not what it had.

    A page (HTML) is shown inline too, but without scripts, origin or cookies (`sandbox`). The digest of a whole file is
    verified while it is sent: where it is another, the answer ends before its end.
    """
    headers = _headers(path, sha256)
    if matches(wanted.if_none_match, headers["ETag"]):
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    unchanged = wanted.if_range is None or wanted.if_range.strip() == headers["ETag"]
    part = span(wanted.range, size) if unchanged and not wanted.head else None
    code = status.HTTP_206_PARTIAL_CONTENT if part else status.HTTP_200_OK
    headers["Content-Length"] = str(part.end - part.start if part else size)
    if part:
        headers["Content-Range"] = part.of(size)
    if wanted.head:
        return Response(status_code=code, headers=headers)
    blob = await store.open(org_id, sha256, size=size, span=part)
    return StreamingResponse(blob.read() if part else blob.verified(), code, headers)


def _headers(path: str, sha256: str) -> dict[str, str]:
    name = PurePosixPath(path).name
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    inline = media_type in SHOWN_INLINE or media_type == "text/html"
    known = inline or media_type.startswith(PLAYED)
    text = "; charset=utf-8" if inline and media_type.startswith("text/") else ""
    return {
        "Content-Type": media_type + text if known else "application/octet-stream",
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(name)}",
        "Accept-Ranges": "bytes",
        "ETag": f'"{sha256}"',
    }


def matches(header: str | None, tag: str) -> bool:
    """Whether `If-None-Match` names it; a weak comparison (RFC 9110, section 13.1.2)."""
    if header is None:
        return False
    tags = [each.strip().removeprefix("W/") for each in header.split(",")]
    return "*" in tags or tag in tags
