"""The three commands, as functions of a platform's settings and a database URL."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from app.config import Settings
from app.storage.store import ArtifactStore
from deployments.backup import artifacts, database
from deployments.backup.errors import BackupError
from deployments.backup.manifest import Backup, Manifest, digest_of


async def create(settings: Settings, url: str, folder: Path) -> Backup:
    """A new backup below `folder`, while the platform runs; it is one moment of the database and its artifacts.

    Raises:
        BackupError: nothing usable is left behind but blobs, which the next backup takes over.
    """
    created_at = datetime.now(UTC)
    backup = Backup(folder / f"trine-{created_at:%Y%m%dT%H%M%S.%fZ}")
    backup.make_folder()
    try:
        with database.snapshot(url) as snapshot:
            blobs = snapshot.blobs()
            snapshot.dump(backup.dump)
            manifest = Manifest(
                created_at=created_at,
                revision=snapshot.revision(),
                server_version=snapshot.server_version,
                dump_sha256=digest_of(backup.dump),
                rows=snapshot.rows(),
                blobs=len(blobs),
                blob_bytes=sum(blob.size for blob in blobs),
            )
        backup.write_blobs(blobs)
        await artifacts.copy_out(ArtifactStore(settings.store), backup, blobs)
    except BaseException:
        shutil.rmtree(backup.path)
        raise
    backup.write_manifest(manifest)
    return backup


def verify(backup: Backup) -> Manifest:
    """Reads every byte. Raises `BackupError` where one is not as it was written."""
    manifest = backup.manifest()
    if digest_of(backup.dump) != manifest.dump_sha256:
        raise BackupError(f"{backup.dump} is not what was written: the backup is spoilt, use another one")
    artifacts.verify(backup, backup.blobs())
    return manifest


async def restore(settings: Settings, secrets: Path, url: str, backup: Backup, *, replace: bool) -> Manifest:
    """Verifies the backup first; nothing is deleted for a spoilt one. The platform must be stopped.

    `secrets`: folder in which the passwords of the database's roles are written.
    """
    manifest = verify(backup)
    await artifacts.copy_in(ArtifactStore(settings.store), backup, backup.blobs())
    database.restore(url, secrets, backup.dump, manifest.rows, replace=replace)
    return manifest
