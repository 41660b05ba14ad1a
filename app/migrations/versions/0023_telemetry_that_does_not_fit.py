"""Batches that cannot be folded are set aside; a source whose sequences leave too many gaps is refused."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"

MINE = "org_id = ANY (nullif(current_setting('app.org_ids', true), '')::uuid[])"
COUNTED = """
CREATE FUNCTION multirange_ranges(anymultirange) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT count(*) FROM pg_catalog.unnest($1) $$
"""
# Where there are more gaps than are allowed from now on, the oldest count as applied.
CLOSED = """
UPDATE batch_sources SET applied = applied + int8multirange(int8range(lower(applied), (
  SELECT upper(applied_range) FROM unnest(applied) WITH ORDINALITY AS ranges (applied_range, place)
  WHERE place = multirange_ranges(applied) - 1000)))
WHERE multirange_ranges(applied) > 1001
"""


def upgrade() -> None:
    op.create_table(
        "unfolded_batches",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("points", postgresql.BYTEA(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_aside_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "position", name=op.f("pk_unfolded_batches")),
    )
    op.execute("ALTER TABLE unfolded_batches ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE unfolded_batches FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON unfolded_batches TO trine_app USING ({MINE}) WITH CHECK ({MINE})")
    op.execute("CREATE POLICY controller ON unfolded_batches TO trine_controller USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON unfolded_batches TO trine_app, trine_controller")
    op.execute(COUNTED)
    op.execute("GRANT EXECUTE ON FUNCTION multirange_ranges(anymultirange) TO trine_app, trine_controller")
    # The policies would hide the rows from this migration too.
    op.execute("ALTER TABLE batch_sources NO FORCE ROW LEVEL SECURITY")
    op.execute(CLOSED)
    op.execute("ALTER TABLE batch_sources FORCE ROW LEVEL SECURITY")
    op.create_check_constraint(op.f("ck_batch_sources_ranges"), "batch_sources", "multirange_ranges(applied) <= 1001")


def downgrade() -> None:
    op.execute("ALTER TABLE batch_sources DROP CONSTRAINT ck_batch_sources_ranges")
    op.execute("DROP FUNCTION multirange_ranges(anymultirange)")
    op.drop_table("unfolded_batches")
