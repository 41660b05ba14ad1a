import shutil
from pathlib import Path

import psycopg
import pytest

from app.migrations import restored
from app.migrations.prepare import prepare
from tests.app.migrations.schema import schema
from tests.fixtures.db import Prepared

EVENT = """
INSERT INTO events (id, org_id, actor_type, action, subject_type, subject_id, data, transaction_id)
VALUES (gen_random_uuid(), %(org)s, 'user', 'x', 'y', gen_random_uuid(), '{}', 4000000000000)
"""
ORGANIZATION = "INSERT INTO organizations (id, slug, name) VALUES (gen_random_uuid(), 'a', 'A') RETURNING id"


@pytest.fixture
def secrets_dir(prepared: Prepared, tmp_path: Path) -> Path:
    """Those of the suite: without them the roles, which are the server's, would get new passwords."""
    return Path(shutil.copytree(prepared.secrets, tmp_path / "secrets"))


def test_again_changes_nothing(fresh: str, secrets_dir: Path) -> None:
    prepare(fresh, secrets_dir)
    made = schema(fresh)
    written = {path.name: (path.read_text(), path.stat().st_mode) for path in secrets_dir.iterdir()}
    prepare(fresh, secrets_dir)
    assert schema(fresh) == made
    assert {path.name: (path.read_text(), path.stat().st_mode) for path in secrets_dir.iterdir()} == written
    for role in ("app", "controller"):
        with psycopg.connect((secrets_dir / f"database_{role}_url").read_text()) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (f"trine_{role}",)


def test_secrets_are_for_their_owner_alone(prepared: Prepared) -> None:
    for role in ("app", "controller"):
        assert (prepared.secrets / f"database_{role}_url").stat().st_mode & 0o777 == 0o600


def test_events_keep_their_transactions_on_their_server(fresh: str, secrets_dir: Path) -> None:
    prepare(fresh, secrets_dir)
    add_event(fresh)
    prepare(fresh, secrets_dir)
    assert transactions(fresh) == [4000000000000]


def test_events_restored_from_a_dump_of_another_server_come_before_new_ones(fresh: str, secrets_dir: Path) -> None:
    prepare(fresh, secrets_dir)
    add_event(fresh)
    with psycopg.connect(fresh) as connection:
        connection.execute(f"COMMENT ON INDEX {restored.INDEX} IS '1'")
    made = schema(fresh)
    prepare(fresh, secrets_dir)
    assert transactions(fresh) == [0]
    assert schema(fresh) == made


def add_event(url: str) -> None:
    with psycopg.connect(url) as connection:
        row = connection.execute(ORGANIZATION).fetchone()
        assert row
        connection.execute(EVENT, {"org": row[0]})


def transactions(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT transaction_id FROM events")]
