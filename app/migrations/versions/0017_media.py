"""Images, tables and texts that runs log under a key at a step."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"

MINE = "org_id = ANY (nullif(current_setting('app.org_ids', true), '')::uuid[])"


def upgrade() -> None:
    op.create_table(
        "media",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("attributes", postgresql.JSONB(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_media_org_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_media_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint(
            "run_id", "key", "step", "attempt", "sha256", name=op.f("uq_media_run_id_key_step_attempt_sha256")
        ),
    )
    op.create_index("ix_media_run_id_id", "media", ["run_id", "id"])
    op.create_index("ix_media_org_id_sha256", "media", ["org_id", "sha256"])
    op.execute("ALTER TABLE media ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE media FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON media TO trine_app USING ({MINE}) WITH CHECK ({MINE})")
    op.execute("CREATE POLICY controller ON media TO trine_controller USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON media TO trine_app, trine_controller")


def downgrade() -> None:
    op.drop_table("media")
