"""Batches are appended as they come and folded into chunks; of a source there is one row, not one a batch."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"

MINE = "org_id = ANY (nullif(current_setting('app.org_ids', true), '')::uuid[])"
COLUMNS = ("steps", "times", "values")

# As `chunk_codec` reads what is PLAIN.
CHUNKS = """
INSERT INTO metrics (org_id, run_id, name, level, attempt, points, first_step, last_step, steps, times, values)
SELECT org_id, run_id, name, 0, attempt, cardinality(steps), first_step, last_step,
       (SELECT '\\x00' || string_agg(int8send(each), '' ORDER BY place) FROM unnest(steps) WITH ORDINALITY AS t(each, place)),
       (SELECT '\\x00' || string_agg(float8send(each), '' ORDER BY place) FROM unnest(times) WITH ORDINALITY AS t(each, place)),
       (SELECT '\\x00' || string_agg(float8send(each), '' ORDER BY place) FROM unnest(values) WITH ORDINALITY AS t(each, place))
FROM metrics_before ORDER BY id
"""
SOURCES = """
INSERT INTO batch_sources (org_id, run_id, source, applied)
SELECT org_id, run_id, source, range_agg(int8range(sequence, sequence + 1)) FROM ingested_batches GROUP BY 1, 2, 3
"""


def upgrade() -> None:
    op.create_table(
        "batch_sources",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("applied", postgresql.INT8MULTIRANGE(), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_batch_sources_org_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_batch_sources_run_id")),
        sa.PrimaryKeyConstraint("run_id", "source", name=op.f("pk_batch_sources")),
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "metric_batches",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("points", postgresql.BYTEA(), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "position", name=op.f("pk_metric_batches")),
    )
    op.drop_index("ix_metrics_run_id_name_first_step", table_name="metrics")
    op.execute("ALTER TABLE metrics RENAME TO metrics_before")
    op.execute("ALTER INDEX pk_metrics RENAME TO pk_metrics_before")
    op.create_table(
        "metrics",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("first_step", sa.BigInteger(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("first_value", sa.Float(53), nullable=True),
        sa.Column("last_value", sa.Float(53), nullable=True),
        sa.Column("minimum_step", sa.BigInteger(), nullable=True),
        sa.Column("minimum", sa.Float(53), nullable=True),
        sa.Column("maximum_step", sa.BigInteger(), nullable=True),
        sa.Column("maximum", sa.Float(53), nullable=True),
        *(sa.Column(column, postgresql.BYTEA(), nullable=False) for column in COLUMNS),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "name", "position", name=op.f("pk_metrics")),
    )
    op.create_index("ix_metrics_unmerged", "metrics", ["run_id"], postgresql_where=sa.text("level = 0"))
    # Packed already: PostgreSQL would only try in vain.
    for column in COLUMNS:
        op.execute(f"ALTER TABLE metrics ALTER COLUMN {column} SET STORAGE EXTERNAL")
    op.execute("ALTER TABLE metric_batches ALTER COLUMN points SET STORAGE MAIN")
    # The policies would hide the rows from this migration too.
    for table in ("metrics_before", "ingested_batches"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(CHUNKS)
    op.execute(SOURCES)
    op.drop_table("metrics_before")
    op.drop_table("ingested_batches")
    for table in ("batch_sources", "metric_batches", "metrics"):
        _protect(table)


def downgrade() -> None:
    """Chunks that were packed cannot be read by what came before: only a database without any goes back."""
    op.execute("""
DO $$ BEGIN
  IF EXISTS (SELECT FROM metrics) OR EXISTS (SELECT FROM batch_sources) THEN
    RAISE EXCEPTION 'runs have reported: restore a backup from before the upgrade instead';
  END IF;
END $$""")
    for table in ("metrics", "metric_batches", "batch_sources"):
        op.drop_table(table)
    op.create_table(
        "ingested_batches",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_ingested_batches_org_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_ingested_batches_run_id")),
        sa.PrimaryKeyConstraint("run_id", "source", "sequence", name=op.f("pk_ingested_batches")),
    )
    op.create_table(
        "metrics",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("first_step", sa.BigInteger(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("steps", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("values", postgresql.ARRAY(sa.Float(precision=53)), nullable=False),
        sa.Column("times", postgresql.ARRAY(sa.Float(precision=53)), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metrics")),
    )
    op.create_index("ix_metrics_run_id_name_first_step", "metrics", ["run_id", "name", "first_step"])
    for table in ("ingested_batches", "metrics"):
        _protect(table)


def _protect(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON {table} TO trine_app USING ({MINE}) WITH CHECK ({MINE})")
    op.execute(f"CREATE POLICY controller ON {table} TO trine_controller USING (true) WITH CHECK (true)")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO trine_app")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO trine_controller")
