"""The first user of `trine up` becomes an administrator of the platform, and nobody else by accident."""

from datetime import timedelta
from pathlib import Path

import httpx
import psycopg
import pytest

from app.config import Settings
from app.migrations.administrator import main
from deployments.local import database
from deployments.local.errors import LocalError
from deployments.local.home import Home, write_private
from tests.fixtures.auth import Person
from tests.fixtures.db import Prepared


def administrators(prepared: Prepared) -> set[str]:
    with psycopg.connect(prepared.owner_url) as connection:
        return {row[0] for row in connection.execute("SELECT email FROM users WHERE is_platform_admin")}


async def test_the_account_of_up_is_appointed(home: Home, prepared: Prepared, ada: Person, bob: Person) -> None:
    write_private(home.secrets / "database_owner_url", prepared.owner_url)
    database.appoint(home, ada.email.upper())
    database.appoint(home, ada.email)
    assert ada.email in administrators(prepared)
    assert bob.email not in administrators(prepared)
    with psycopg.connect(prepared.owner_url) as connection:
        (forced,) = connection.execute("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'users'").fetchone()  # type: ignore[misc]
    assert forced


def test_an_address_that_nobody_has(home: Home, prepared: Prepared) -> None:
    write_private(home.secrets / "database_owner_url", prepared.owner_url)
    with pytest.raises(LocalError, match="register it first"):
        database.appoint(home, "nobody@example.org")


async def test_the_password_of_a_new_account_runs_out(home: Home, prepared: Prepared, ada: Person) -> None:
    write_private(home.secrets / "database_owner_url", prepared.owner_url)
    database.appoint(home, ada.email, new=True)
    database.appoint(home, ada.email)
    with psycopg.connect(prepared.owner_url) as connection:
        asked = "SELECT password_expires_at - now() FROM users WHERE email = %s"
        (left,) = connection.execute(asked, (ada.email,)).fetchone()  # type: ignore[misc]
    assert timedelta(days=13) < left <= timedelta(days=database.INITIAL_PASSWORD_DAYS)


async def test_whoever_has_the_host_gets_a_link_for_a_new_password(
    settings: Settings,
    prepared: Prepared,
    ada: Person,
    anonymous: httpx.AsyncClient,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("TRINE_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("TRINE_KEY_PEPPER", settings.key_pepper.decode())
    monkeypatch.setenv("TRINE_URL", "https://trine.example.org")
    (tmp_path / "database_owner_url").write_text(prepared.owner_url)
    assert main([ada.email, "--new-password"]) == 0
    page, _, token = capsys.readouterr().out.strip().partition("#")
    assert page == "https://trine.example.org/reset-password"
    body = {"token": token, "new_password": "nine lazy otters juggle brass lamps"}
    assert (await anonymous.post("/api/v1/auth/password:reset", json=body)).status_code == 204
    assert (await anonymous.post("/api/v1/auth/password:reset", json=body)).status_code == 404
    assert main(["nobody@example.org", "--new-password"]) == 1


def test_bad_use(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([])
    assert "EMAIL" in capsys.readouterr().err
    (tmp_path / "database_owner_url").write_text("postgresql://nobody:x@127.0.0.1:1/none")
    monkeypatch.setenv("TRINE_SECRETS_DIR", str(tmp_path))
    assert main(["a@example.org"]) == 1
    assert "refused" in capsys.readouterr().err
