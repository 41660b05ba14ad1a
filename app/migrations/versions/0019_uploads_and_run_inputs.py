"""Files that come in parts, what runs read, and content that nothing refers to from the moment it is sent."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

MINE = "org_id = ANY (nullif(current_setting('app.org_ids', true), '')::uuid[])"
NEW = ("uploads", "run_inputs")


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_uploads_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("run_id", "sha256", name=op.f("uq_uploads_run_id_sha256")),
    )
    op.create_index("ix_uploads_updated_at", "uploads", ["updated_at"])
    op.create_table(
        "run_inputs",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("artifact_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_run_inputs_org_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_inputs_run_id")),
        sa.ForeignKeyConstraint(["artifact_id"], ["artifacts.id"], name=op.f("fk_run_inputs_artifact_id")),
        sa.PrimaryKeyConstraint("run_id", "artifact_id", "role", name=op.f("pk_run_inputs")),
    )
    op.create_index("ix_run_inputs_artifact_id", "run_inputs", ["artifact_id"])
    for table in NEW:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON {table} TO trine_app USING ({MINE}) WITH CHECK ({MINE})")
        op.execute(f"CREATE POLICY controller ON {table} TO trine_controller USING (true) WITH CHECK (true)")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO trine_app, trine_controller")
    op.execute("GRANT INSERT ON unreferenced_blobs TO trine_app")


def downgrade() -> None:
    op.execute("REVOKE INSERT ON unreferenced_blobs FROM trine_app")
    for table in NEW:
        op.drop_table(table)
