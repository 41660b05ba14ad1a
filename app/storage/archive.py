"""All files of an artifact as one ZIP, made while it is sent: nothing is held, and the length is known before."""

from collections.abc import Sequence
from urllib.parse import quote

from fastapi.responses import StreamingResponse
from zipstream import ZipStream

from app.storage.store import ArtifactStore
from app.tables import Artifact, ArtifactFile


def respond(store: ArtifactStore, *, artifact: Artifact, files: Sequence[ArtifactFile]) -> StreamingResponse:
    """Below a folder of the artifact's name. Where a digest is another than it was, the answer ends before its end.

    Not compressed: weights and pictures are as small as they get. Read in a thread, a piece at a time.
    """
    folder = _folder(artifact.name)
    stream = ZipStream(sized=True)
    for file in files:
        stream.add(store.blocking_read(file.org_id, file.sha256), f"{folder}/{file.path}", size=file.size)
    headers = {
        "Content-Length": str(len(stream)),
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(folder)}.zip",
        "X-Content-Type-Options": "nosniff",
        "ETag": f'"{artifact.digest}-zip"',
    }
    return StreamingResponse(iter(stream), media_type="application/zip", headers=headers)


def _folder(name: str) -> str:
    """A name may hold anything; that of a folder leads nowhere else."""
    plain = "".join(letter if letter.isalnum() or letter in "-_. " else "_" for letter in name)
    return plain.strip(". ") or "artifact"
