"""What a backup holds. A folder of backups looks so, and a blob that two backups share is stored once:

<folder>/blobs/<organization>/<aa>/<sha256>
<folder>/<name>/manifest.json  database.dump  blobs.txt
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pydantic

from deployments.backup.errors import BackupError

FORMAT = 1
CHUNK = 1024 * 1024


class Manifest(pydantic.BaseModel, frozen=True):
    """Written last: a backup without it was cut short."""

    format: int = FORMAT
    created_at: datetime
    revision: str
    """Of the schema; a restore upgrades it to that of the code which restores."""
    server_version: int
    """PostgreSQL's, as 180004."""
    dump_sha256: str
    rows: dict[str, int]
    """Table → rows, counted in the snapshot that was dumped."""
    blobs: int
    blob_bytes: int


@dataclass(frozen=True, order=True)
class Blob:
    org_id: UUID
    sha256: str
    size: int


@dataclass(frozen=True)
class Backup:
    """One backup below its folder."""

    path: Path

    def make_folder(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path.mkdir(mode=0o700)

    @property
    def dump(self) -> Path:
        return self.path / "database.dump"

    @property
    def blob_folder(self) -> Path:
        return self.path.parent / "blobs"

    def blob_path(self, blob: Blob) -> Path:
        return self.blob_folder / str(blob.org_id) / blob.sha256[:2] / blob.sha256

    def write_blobs(self, blobs: list[Blob]) -> None:
        lines = (f"{blob.org_id} {blob.sha256} {blob.size}\n" for blob in blobs)
        (self.path / "blobs.txt").write_text("".join(lines))

    def blobs(self) -> Iterator[Blob]:
        with (self.path / "blobs.txt").open() as lines:
            for line in lines:
                org_id, sha256, size = line.split()
                yield Blob(UUID(org_id), sha256, int(size))

    def write_manifest(self, manifest: Manifest) -> None:
        (self.path / "manifest.json").write_text(manifest.model_dump_json(indent=2) + "\n")

    def manifest(self) -> Manifest:
        """Raises `BackupError` where there is no whole backup of a format that this code reads."""
        path = self.path / "manifest.json"
        try:
            found = Manifest.model_validate_json(path.read_text())
        except FileNotFoundError as error:
            raise BackupError(f"{self.path} is no whole backup: it has no manifest.json; name another") from error
        except pydantic.ValidationError as error:
            raise BackupError(f"{path} cannot be read: {error}; name another backup") from error
        if found.format != FORMAT:
            raise BackupError(f"{path} is of format {found.format}, and this version reads format {FORMAT}")
        return found


def digest_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
