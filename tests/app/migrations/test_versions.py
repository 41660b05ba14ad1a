import shutil
from pathlib import Path

import alembic.autogenerate
import alembic.command
import alembic.migration
import alembic.script
import psycopg
import pytest
from sqlalchemy import NullPool, create_engine

import app.tables
from app.kit.db import sqlalchemy_url
from app.kit.orm import Base
from app.migrations.partitions import is_declared
from app.migrations.prepare import configuration, prepare, upgrade
from tests.app.migrations.schema import schema
from tests.fixtures.db import Prepared


@pytest.fixture
def empty(fresh: str, prepared: Prepared, tmp_path: Path) -> str:
    """Without a table, where the roles may do what `prepare` lets them do."""
    prepare(fresh, Path(shutil.copytree(prepared.secrets, tmp_path / "secrets")))
    alembic.command.downgrade(configuration(fresh), "base")
    return fresh


def revisions(url: str) -> list[str]:
    """Oldest first."""
    script = alembic.script.ScriptDirectory.from_config(configuration(url))
    return [revision.revision for revision in script.walk_revisions()][::-1]


def test_the_versions_are_one_line(empty: str) -> None:
    script = alembic.script.ScriptDirectory.from_config(configuration(empty))
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1
    assert revisions(empty) == sorted(revisions(empty))


def test_each_step_back_undoes_its_step_forward(empty: str) -> None:
    known = {}
    for revision in ["base", *revisions(empty)]:
        if revision != "base":
            upgrade(empty, revision)
        known[revision] = schema(empty)
    for revision in [*revisions(empty)[-2::-1], "base"]:
        alembic.command.downgrade(configuration(empty), revision)
        assert schema(empty) == known[revision], revision
    assert known["base"]["relations"] == []
    upgrade(empty)
    assert schema(empty) == known[revisions(empty)[-1]]


def test_the_tables_of_the_code_are_those_of_the_database(empty: str) -> None:
    upgrade(empty)
    engine = create_engine(sqlalchemy_url(empty), poolclass=NullPool)
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_name": is_declared}
        context = alembic.migration.MigrationContext.configure(connection, opts=options)
        assert alembic.autogenerate.compare_metadata(context, Base.metadata) == []
    assert len(Base.metadata.tables) >= len(app.tables.__all__)


def test_a_step_forward_keeps_the_rows(empty: str) -> None:
    first, *_, last = revisions(empty)
    upgrade(empty, first)
    with psycopg.connect(empty) as connection:
        connection.execute(
            "INSERT INTO clusters (id, name, address, token_secret) VALUES (gen_random_uuid(), 'a', 'b', 'c')"
        )
    upgrade(empty, last)
    with psycopg.connect(empty) as connection:
        assert connection.execute("SELECT name, address FROM clusters").fetchall() == [("a", "b")]


LINE = """
INSERT INTO logs (id, org_id, project_id, run_id, attempt, source, stream, time, text)
VALUES (%s, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, 'w', 'stdout', now(), 'a needle\n')
"""
LINES = {
    "018cc251-f400-7000-8000-000000000000": "logs_2024_01",
    "018cc251-f3ff-7fff-bfff-ffffffffffff": "logs_2023_12",
    "7fffffff-ffff-4fff-bfff-ffffffffffff": "logs_others",
}
"""Key (the first of January 2024, the millisecond before, and one without a time) → where it lies."""


def test_entries_of_logs_are_where_their_keys_say(empty: str) -> None:
    upgrade(empty, "0025")
    with psycopg.connect(empty) as connection:
        for key in LINES:
            connection.execute(LINE, [key])
        before = connection.execute("SELECT * FROM logs ORDER BY position").fetchall()
    upgrade(empty, "0028")
    with psycopg.connect(empty) as connection:
        columns = "run_id, attempt, source, stream, time, text, id, created_at, org_id, position, project_id"
        assert connection.execute(f"SELECT {columns} FROM logs ORDER BY position").fetchall() == before
        found = connection.execute("SELECT id::text, tableoid::regclass::text FROM logs").fetchall()
        assert dict(found) == LINES
        connection.execute(LINE, ["7fffffff-ffff-4fff-bfff-fffffffffffe"])
        assert connection.execute("SELECT max(position) FROM logs").fetchone() == (before[-1][9] + 1,)
    alembic.command.downgrade(configuration(empty), "0027")
    with psycopg.connect(empty) as connection:
        assert connection.execute(f"SELECT {columns} FROM logs ORDER BY position LIMIT 3").fetchall() == before


def test_a_source_with_more_gaps_than_are_allowed_keeps_the_newest(empty: str) -> None:
    upgrade(empty, "0022")
    with psycopg.connect(empty) as connection:
        connection.execute("ALTER TABLE batch_sources NO FORCE ROW LEVEL SECURITY")
        for column in ("org_id", "run_id"):
            connection.execute(f"ALTER TABLE batch_sources DROP CONSTRAINT fk_batch_sources_{column}")
        connection.execute(
            "INSERT INTO batch_sources (org_id, run_id, source, applied) "
            "SELECT gen_random_uuid(), gen_random_uuid(), gaps::text, range_agg(int8range(2 * n, 2 * n + 1)) "
            "FROM (VALUES (1000), (1500)) AS t (gaps), generate_series(0, gaps) AS n GROUP BY gaps"
        )
    upgrade(empty, "0023")
    with psycopg.connect(empty) as connection:
        connection.execute("ALTER TABLE batch_sources NO FORCE ROW LEVEL SECURITY")
        ranges = "SELECT source, multirange_ranges(applied), upper(applied), applied @> 1::int8, applied @> 1001::int8"
        found = connection.execute(f"{ranges} FROM batch_sources ORDER BY source").fetchall()
    assert found == [("1000", 1001, 2001, False, False), ("1500", 1001, 3001, True, False)]
