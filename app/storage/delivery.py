"""How what users uploaded leaves: sandboxed, so that a stored page cannot act as its reader."""

import mimetypes
from pathlib import PurePosixPath
from urllib.parse import quote
from uuid import UUID

from fastapi.responses import StreamingResponse

from app.storage.store import ArtifactStore

SHOWN_INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "text/plain", "application/json"})


async def stream(store: ArtifactStore, *, org_id: UUID, sha256: str, size: int, path: str) -> StreamingResponse:
    """A page (HTML) is shown inline too, but without scripts, origin or cookies (`sandbox`)."""
    name = PurePosixPath(path).name
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    inline = media_type in SHOWN_INLINE or media_type == "text/html"
    return StreamingResponse(
        store.read(org_id, sha256),
        media_type=media_type if inline else "application/octet-stream",
        headers={
            "Content-Length": str(size),
            "Content-Security-Policy": "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'",
            "X-Content-Type-Options": "nosniff",
            "Content-Disposition": f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(name)}",
            "ETag": f'"{sha256}"',
        },
    )
