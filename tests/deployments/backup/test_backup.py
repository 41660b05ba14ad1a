"""Back up, destroy, restore: against a real PostgreSQL and a real artifact store."""

import asyncio
import hashlib
import secrets
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import psycopg.sql
import pytest
from psycopg.conninfo import conninfo_to_dict

from app.config import Settings
from app.main import build_app
from app.migrations.prepare import prepare
from deployments.backup import __main__ as program
from deployments.backup import commands
from deployments.backup.errors import BackupError
from deployments.backup.manifest import Backup, digest_of
from tests.fixtures.app import client, listening
from tests.fixtures.auth import PASSWORD
from tests.fixtures.db import Prepared

FILES = {"model.safetensors": b"weights" * 50_000, "config.json": b"{}", "notes/read me.txt": "训推仿真".encode()}


@dataclass(frozen=True)
class Site:
    """A platform of its own on the server of the tests."""

    settings: Settings
    server_url: str
    name: str

    @property
    def url(self) -> str:
        return self.server_url.rpartition("/")[0] + f"/{self.name}"

    @property
    def secrets(self) -> Path:
        return self.settings.home / "secrets"

    @property
    def storage(self) -> Path:
        return self.settings.home / "storage"

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            connection.execute(psycopg.sql.SQL(statement).format(psycopg.sql.Identifier(self.name)))

    def destroy(self) -> None:
        self.execute("DROP DATABASE {} WITH (FORCE)")
        shutil.rmtree(self.storage)
        self.execute("CREATE DATABASE {}")

    def contents(self) -> dict[str, list[str]]:
        """Every row of every table, as PostgreSQL writes it."""
        with psycopg.connect(self.url) as connection:
            names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            return {name: sorted(row for (row,) in connection.execute(_every_row(name))) for (name,) in names}


def _every_row(table: str) -> psycopg.sql.Composed:
    return psycopg.sql.SQL("SELECT t::text FROM {} AS t").format(psycopg.sql.Identifier(table))


@pytest.fixture
def site(prepared: Prepared, server_url: str, tmp_path: Path) -> Iterator[Site]:
    name = f"trine_backup_{secrets.token_hex(4)}"
    made = Site(Settings(home=tmp_path / "home", url="http://platform.test"), server_url, name)
    shutil.copytree(prepared.secrets, made.secrets)
    taken = conninfo_to_dict(prepared.owner_url)["dbname"]
    for path in made.secrets.glob("database_*_url"):
        path.write_text(path.read_text().replace(f"/{taken}", f"/{name}"))
    (made.secrets / "database_owner_url").write_text(made.url)
    made.execute("CREATE DATABASE {}")
    prepare(made.url, made.secrets)
    yield made
    made.execute("DROP DATABASE IF EXISTS {} WITH (FORCE)")


async def use(site: Site) -> tuple[str, str]:
    """Makes an account, a run with metrics and an artifact; returns an API key and the artifact's id."""
    app = build_app(site.settings)
    async with app.router.lifespan_context(app):
        await listening(app)
        account = {"email": "ada@example.org", "password": PASSWORD, "name": "Ada", "organization": "Engines"}
        async with client(app) as anonymous:
            made = (await anonymous.post("/api/v1/auth/register", json=account)).json()
        project = made["projects"][0]["id"]
        async with client(app, made["token"]) as http:

            async def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
                reply = await http.post(f"/api/v1{path}", json=body)
                assert reply.status_code < 300, reply.text
                answer: dict[str, Any] = reply.json()
                return answer

            key = await post("/api-keys", {"name": "key", "project": project})
            experiment = await post(f"/projects/{project}/experiments", {"name": "kept"})
            run = await post(f"/experiments/{experiment['id']}/runs", {"name": "run", "params": {"rate": 0.5}})
            entries = []
            for path, content in FILES.items():
                digest = hashlib.sha256(content).hexdigest()
                await http.put(f"/api/v1/runs/{run['id']}/blobs/{digest}", content=content)
                entries.append({"path": path, "sha256": digest, "size": len(content)})
            manifest = {"name": "net", "type": "model", "files": entries, "metadata": {}}
            artifact = await post(f"/runs/{run['id']}/artifacts", manifest)
    return key["key"], artifact["id"]


async def test_after_a_restore_every_record_and_every_artifact_is_there(site: Site, tmp_path: Path) -> None:
    key, artifact = await use(site)
    before = site.contents()
    assert before["artifact_files"]
    backup = await commands.create(site.settings, site.url, tmp_path / "backups")
    site.destroy()
    assert site.contents() == {}

    manifest = await commands.restore(site.settings, site.secrets, site.url, backup, replace=False)

    assert manifest.blobs == len(FILES)
    assert site.contents() == before
    app = build_app(site.settings)
    async with app.router.lifespan_context(app), client(app, key) as http:
        for path, content in FILES.items():
            reply = await http.get(f"/api/v1/artifacts/{artifact}/files/{path}")
            assert reply.content == content
        # The roles' rights came back too, and row-level security with them.
        assert (await http.get("/api/v1/auth/me")).status_code == 200
    with psycopg.connect((site.secrets / "database_app_url").read_text()) as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (0,)


async def test_a_second_backup_copies_only_what_is_new(site: Site, tmp_path: Path) -> None:
    await use(site)
    first = await commands.create(site.settings, site.url, tmp_path / "backups")
    stored = {path: path.stat().st_mtime_ns for path in first.blob_folder.rglob("*") if path.is_file()}
    second = await commands.create(site.settings, site.url, tmp_path / "backups")
    assert second.path != first.path
    assert {path: path.stat().st_mtime_ns for path in first.blob_folder.rglob("*") if path.is_file()} == stored
    assert len(stored) == len(FILES)


async def test_rows_are_replaced_only_where_that_is_said_and_nobody_is_connected(site: Site, tmp_path: Path) -> None:
    await use(site)
    before = site.contents()
    backup = await commands.create(site.settings, site.url, tmp_path / "backups")
    with psycopg.connect(site.url, autocommit=True) as connection:
        connection.execute("UPDATE runs SET name = 'changed'")
        with pytest.raises(BackupError, match="stop the platform"):
            await commands.restore(site.settings, site.secrets, site.url, backup, replace=True)
    with pytest.raises(BackupError, match="--replace"):
        await commands.restore(site.settings, site.secrets, site.url, backup, replace=False)
    await commands.restore(site.settings, site.secrets, site.url, backup, replace=True)
    assert site.contents() == before


async def test_a_spoilt_backup_changes_nothing(site: Site, tmp_path: Path) -> None:
    await use(site)
    backup = await commands.create(site.settings, site.url, tmp_path / "backups")
    before = site.contents()
    blob = backup.blob_path(next(iter(backup.blobs())))
    content = blob.read_bytes()
    blob.write_bytes(content[:-1] + b"?")
    with pytest.raises(BackupError, match="another digest"):
        await commands.restore(site.settings, site.secrets, site.url, backup, replace=True)
    blob.write_bytes(content)
    backup.dump.write_bytes(b"PGDMP")
    with pytest.raises(BackupError, match="not what was written"):
        commands.verify(backup)
    # A dump that PostgreSQL cannot read although its digest is right: what was there comes back.
    backup.write_manifest(backup.manifest().model_copy(update={"dump_sha256": digest_of(backup.dump)}))
    with pytest.raises(BackupError, match="pg_restore failed"):
        await commands.restore(site.settings, site.secrets, site.url, backup, replace=True)
    assert site.contents() == before


async def test_a_missing_blob_stops_the_backup_and_leaves_none(site: Site, tmp_path: Path) -> None:
    await use(site)
    next(path for path in (site.storage / "blobs").rglob("*") if path.is_file()).unlink()
    with pytest.raises(BackupError, match="TRINE_STORAGE_URL"):
        await commands.create(site.settings, site.url, tmp_path / "backups")
    assert not list((tmp_path / "backups").glob("trine-*"))


async def test_the_role_that_backs_up_must_see_every_row(site: Site, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="BYPASSRLS"):
        await commands.create(site.settings, (site.secrets / "database_app_url").read_text(), tmp_path / "backups")


async def test_each_is_one_command(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await use(site)
    before = site.contents()
    monkeypatch.setenv("TRINE_HOME", str(site.settings.home))
    monkeypatch.setenv("TRINE_DATABASE_URL", site.url)

    async def backup(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["backup", *arguments])
        return await asyncio.to_thread(program.main)

    assert await backup("create", str(tmp_path / "backups")) == 0
    made = next((tmp_path / "backups").glob("trine-*"))
    assert "key_pepper" in capsys.readouterr().out
    assert await backup("verify", str(made)) == 0
    site.destroy()
    assert await backup("restore", str(made)) == 0
    assert site.contents() == before
    assert await backup("restore", str(tmp_path / "nothing")) == 1
    assert "no whole backup" in capsys.readouterr().err
    assert Backup(made).manifest().blobs == len(FILES)
