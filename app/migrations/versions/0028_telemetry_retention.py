"""Logs lie in partitions, one a month; a project says how long it keeps what its runs report."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

MINE = "org_id = ANY (nullif(current_setting('app.org_ids', true), '')::uuid[])"
COLUMNS = "id, created_at, org_id, project_id, run_id, attempt, source, stream, time, text, position"
DAYS = ("log_days", "metric_days")

# Keys are UUIDv7, which begin with their milliseconds.
FIRST_KEY = """
CREATE FUNCTION first_key(moment timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid $$
"""
# What came before its partition was made lies in `logs_others`, and moves. The policies of `logs` hold for whoever comes
# through it; a partition itself has none, and nobody is granted anything on it.
MAKE = """
CREATE FUNCTION make_log_partition(day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET timezone = 'UTC' SET lock_timeout = '2s' AS $$
DECLARE
  month date := date_trunc('month', day);
  name text := 'logs_' || to_char(month, 'YYYY_MM');
  first uuid := first_key(month::timestamptz);
  last uuid := first_key((month + interval '1 month')::timestamptz);
BEGIN
  IF to_regclass('public.' || name) IS NOT NULL THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE TABLE public.%I (LIKE public.logs INCLUDING DEFAULTS)', name);
  ALTER TABLE logs_others NO FORCE ROW LEVEL SECURITY;
  EXECUTE format('WITH moved AS (DELETE FROM logs_others WHERE id >= %L AND id < %L RETURNING *)
                  INSERT INTO public.%I SELECT * FROM moved', first, last, name);
  ALTER TABLE logs_others FORCE ROW LEVEL SECURITY;
  EXECUTE format('ALTER TABLE public.logs ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', name, first, last);
  EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', name);
  EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', name);
END $$
"""
DROP = """
CREATE FUNCTION drop_log_partitions(before timestamptz) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET timezone = 'UTC' SET lock_timeout = '2s' AS $$
DECLARE
  name text;
BEGIN
  FOR name IN
    SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'public.logs'::regclass AND relname ~ '^logs_[0-9]{4}_[0-9]{2}$'
      AND to_date(right(relname, 7), 'YYYY_MM') + interval '1 month' <= before ORDER BY 1
  LOOP
    EXECUTE format('DROP TABLE public.%I', name);
    RETURN NEXT name;
  END LOOP;
END $$
"""
MONTHS = """
SELECT DISTINCT date_trunc('month', to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0) AT TIME ZONE 'UTC')::date
FROM logs_before WHERE substr(id::text, 15, 1) = '7'
"""
AHEAD = "SELECT (now() AT TIME ZONE 'UTC' + make_interval(months => n))::date FROM generate_series(0, 2) AS n"


def upgrade() -> None:
    for column in DAYS:
        op.add_column("artifact_retentions", sa.Column(column, sa.Integer(), nullable=True))
    op.execute("ALTER TABLE logs RENAME TO logs_before")
    op.execute("ALTER INDEX pk_logs RENAME TO pk_logs_before")
    op.execute("ALTER SEQUENCE logs_position_seq RENAME TO logs_before_position_seq")
    op.execute("ALTER TABLE logs_before NO FORCE ROW LEVEL SECURITY")
    op.drop_index("ix_logs_run_id_position", table_name="logs_before")
    op.drop_index("ix_logs_terms", table_name="logs_before")
    _create(postgresql_partition_by="RANGE (id)")
    op.create_index("ix_logs_project_id_id", "logs", ["project_id", "id"])
    op.execute("CREATE TABLE logs_others PARTITION OF logs DEFAULT")
    op.execute("ALTER TABLE logs_others ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE logs_others FORCE ROW LEVEL SECURITY")
    op.execute(FIRST_KEY)
    op.execute(MAKE)
    op.execute(DROP)
    for function in ("make_log_partition(date)", "drop_log_partitions(timestamptz)"):
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO trine_controller")
    op.execute(f"SELECT make_log_partition(month) FROM ({MONTHS}) AS months (month)")
    op.execute(f"SELECT make_log_partition(day) FROM ({AHEAD}) AS ahead (day)")
    _move()


def downgrade() -> None:
    op.execute("ALTER TABLE logs RENAME TO logs_before")
    op.execute("ALTER INDEX pk_logs RENAME TO pk_logs_before")
    op.execute("ALTER SEQUENCE logs_position_seq RENAME TO logs_before_position_seq")
    op.execute("ALTER TABLE logs_before NO FORCE ROW LEVEL SECURITY")
    for index in ("ix_logs_run_id_position", "ix_logs_terms", "ix_logs_project_id_id"):
        op.drop_index(index, table_name="logs_before")
    _create()
    _move()
    for function in ("make_log_partition(date)", "drop_log_partitions(timestamptz)", "first_key(timestamptz)"):
        op.execute(f"DROP FUNCTION {function}")
    for column in DAYS:
        op.drop_column("artifact_retentions", column)


def _create(**partitioned: Any) -> None:
    op.create_table(
        "logs",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logs")),
        **partitioned,
    )
    op.create_index("ix_logs_run_id_position", "logs", ["run_id", "position"])
    op.execute("CREATE INDEX ix_logs_terms ON logs USING gin (log_terms(project_id, run_id, text))")


def _move() -> None:
    """Rows, rights and policies; what was before goes."""
    op.execute(f"INSERT INTO logs ({COLUMNS}) OVERRIDING SYSTEM VALUE SELECT {COLUMNS} FROM logs_before")
    op.execute("SELECT setval(pg_get_serial_sequence('logs', 'position'), max(position)) FROM logs_before")
    op.execute("DROP TABLE logs_before")
    op.execute("ALTER TABLE logs ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE logs FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON logs TO trine_app USING ({MINE}) WITH CHECK ({MINE})")
    op.execute("CREATE POLICY controller ON logs TO trine_controller USING (true) WITH CHECK (true)")
    op.execute("CREATE POLICY search ON logs FOR SELECT TO trine_auth USING (true)")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON logs TO trine_app, trine_controller")
    op.execute("GRANT SELECT (id, org_id, project_id, run_id, text) ON logs TO trine_auth")
