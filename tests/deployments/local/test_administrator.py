"""The first user of `trine up` becomes an administrator of the platform, and nobody else by accident."""

from pathlib import Path

import psycopg
import pytest

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


def test_bad_use(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert main([]) == 2
    assert "EMAIL" in capsys.readouterr().err
    (tmp_path / "database_owner_url").write_text("postgresql://nobody:x@127.0.0.1:1/none")
    monkeypatch.setenv("TRINE_SECRETS_DIR", str(tmp_path))
    assert main(["a@example.org"]) == 1
    assert "refused" in capsys.readouterr().err
