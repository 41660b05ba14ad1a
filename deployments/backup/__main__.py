"""`python -m deployments.backup create FOLDER | verify BACKUP | restore BACKUP [--replace] | upgrade`."""

import argparse
import asyncio
import sys
from pathlib import Path

import psycopg

from app.config import Settings
from deployments.backup import commands
from deployments.backup.errors import BackupError
from deployments.backup.manifest import Backup, Manifest
from deployments.backup.source import owner_url
from deployments.backup.upgrade import upgrade
from deployments.local.errors import LocalError
from deployments.local.home import Home

SECRETS = """\
The secrets are not in it. Keep key_pepper and signing_key of {folder} in another safe place: without the pepper every
API key and session of the backup is worthless.
"""


def main() -> int:
    arguments = parser().parse_args()
    settings = Settings()
    secrets = Home(settings.home).secrets
    try:
        if arguments.command == "upgrade":
            upgrade(Home(settings.home), tell)
            return 0
        if arguments.command == "verify":
            describe("is whole", arguments.backup, commands.verify(Backup(arguments.backup.resolve())))
            return 0
        with owner_url(settings) as url:
            if arguments.command == "create":
                made = asyncio.run(commands.create(settings, url, arguments.folder.resolve()))
                describe("is written", made.path, made.manifest())
                sys.stdout.write(SECRETS.format(folder=secrets))
                return 0
            backup = Backup(arguments.backup.resolve())
            done = asyncio.run(commands.restore(settings, secrets, url, backup, replace=arguments.replace))
            describe("is restored", backup.path, done)
            return 0
    except (BackupError, LocalError, RuntimeError, OSError, psycopg.Error) as error:
        sys.stderr.write(f"backup {arguments.command}: {error}\n")
        return 1


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(
        prog="python -m deployments.backup", description="Database and artifacts of the platform of TRINE_HOME."
    )
    actions = root.add_subparsers(dest="command", required=True)
    create = actions.add_parser("create", help="a new backup; the platform may run")
    create.add_argument("folder", type=Path, help="where backups are kept; blobs that they share are stored once")
    verify = actions.add_parser("verify", help="read every byte of a backup")
    verify.add_argument("backup", type=Path, help="what `create` wrote: FOLDER/trine-…")
    restore = actions.add_parser("restore", help="put a backup back; the platform must be stopped")
    restore.add_argument("backup", type=Path, help="what `create` wrote: FOLDER/trine-…")
    restore.add_argument("--replace", action="store_true", help="delete what the database holds now")
    actions.add_parser("upgrade", help="bring the embedded PostgreSQL's data to the major version of this release")
    return root


def tell(step: str) -> None:
    sys.stdout.write(f"{step}\n")
    sys.stdout.flush()


def describe(state: str, path: Path, manifest: Manifest) -> None:
    records = sum(manifest.rows.values())
    sys.stdout.write(
        f"{path} {state}: {records} rows of {len(manifest.rows)} tables (revision {manifest.revision}), "
        f"{manifest.blobs} files of artifacts, {manifest.blob_bytes} bytes\n"
    )


if __name__ == "__main__":
    sys.exit(main())
