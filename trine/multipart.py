"""Large files are sent in parts: what the platform has, from this process or one that died, is not sent again."""

import hashlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from trine.errors import ConnectionFailed, DigestMismatch, NotFound, ValidationFailed
from trine.transport import Transport

LARGE = 64 * 1024 * 1024
"""Bytes from which on a file is sent in parts."""
PARALLEL = 3
"""Parts of a file that are sent at once; each is in memory meanwhile."""
PATIENCE = 300.0
"""Seconds a part goes on trying while the platform does not answer."""
ASSEMBLY_PATIENCE = 3600.0
"""Seconds the platform may take to put the parts together."""

Advance = Callable[[int], None]
"""Called with the bytes that the platform has more than before, from several threads."""


def send(
    transport: Transport, run_id: str, source: Path, *, sha256: str, size: int, advance: Advance = lambda more: None
) -> None:
    """Raises `DigestMismatch` where the file is no longer what its digest tells."""
    counted: set[int] = set()
    for last in (False, True):
        upload = transport.request(
            "POST", f"/api/v1/runs/{run_id}/uploads", json={"sha256": sha256, "size": size}, patience=PATIENCE
        ).json()
        if upload["complete"]:
            advance(size if not counted else 0)
            return
        where = f"/api/v1/runs/{run_id}/uploads/{upload['id']}"
        try:
            digests = _send_parts(transport, where, source, upload, counted, advance)
            _complete(transport, where, digests)
        except ValidationFailed as error:
            if error.code == "digest_mismatch":
                raise DigestMismatch(f"{source} changed while it was sent: send it again.", code=error.code) from error
            if last or error.code != "parts_missing":
                raise
        except NotFound:
            # It rested for so long that the platform gave it up.
            if last:
                raise
        else:
            return


def _send_parts(
    transport: Transport, where: str, source: Path, upload: dict[str, Any], counted: set[int], advance: Advance
) -> list[str]:
    """Digest of each part. What has been `counted` is not counted again by a second try."""
    there = {(part["number"], part["sha256"]) for part in upload["parts"]}
    part_size, size = int(upload["part_size"]), int(upload["size"])

    def one(number: int) -> str:
        with source.open("rb") as file:
            file.seek(number * part_size)
            content = file.read(part_size)
        digest = hashlib.sha256(content).hexdigest()
        if (number, digest) not in there:
            transport.request(
                "PUT",
                f"{where}/parts/{number}",
                params={"sha256": digest},
                content=content,
                headers={"Content-Type": "application/octet-stream"},
                patience=PATIENCE,
            )
        if number not in counted:
            counted.add(number)
            advance(len(content))
        return digest

    with ThreadPoolExecutor(PARALLEL, thread_name_prefix="trine-part") as pool:
        return list(pool.map(one, range(-(-size // part_size))))


def _complete(transport: Transport, where: str, digests: list[str]) -> None:
    deadline = time.monotonic() + ASSEMBLY_PATIENCE
    while time.monotonic() < deadline:
        answer = transport.request("POST", f"{where}:complete", json={"parts": digests}, patience=PATIENCE)
        if answer.status_code != 202:
            return
        transport.pause(float(answer.headers.get("Retry-After", 1)))
    raise ConnectionFailed("The platform did not put the parts of the file together in an hour.", code="not_assembled")
