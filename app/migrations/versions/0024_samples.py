"""What was measured now and then: how pools were taken, and how services answered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"

MINE = "org_id = ANY (nullif(current_setting('app.org_ids', true), '')::uuid[])"
TENANT = ("pool_shares", "service_samples")


def upgrade() -> None:
    op.create_table(
        "pool_samples",
        sa.Column("cluster_id", sa.Uuid(), nullable=False),
        sa.Column("seconds", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_amounts("cpu", "gpu", "memory", "cpu_taken", "gpu_taken", "memory_taken"),
        sa.ForeignKeyConstraint(["cluster_id"], ["clusters.id"], name=op.f("fk_pool_samples_cluster_id")),
        sa.PrimaryKeyConstraint("cluster_id", "seconds", "at", name=op.f("pk_pool_samples")),
    )
    op.create_table(
        "pool_shares",
        sa.Column("cluster_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("seconds", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_amounts("cpu", "gpu", "memory"),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["cluster_id"], ["clusters.id"], name=op.f("fk_pool_shares_cluster_id")),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_pool_shares_org_id")),
        sa.PrimaryKeyConstraint("cluster_id", "project_id", "seconds", "at", name=op.f("pk_pool_shares")),
    )
    op.create_index("ix_pool_shares_org_id_at", "pool_shares", ["org_id", "at"])
    _create_service_samples()
    op.execute("GRANT SELECT ON pool_samples TO trine_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON pool_samples TO trine_controller")
    for table, granted in zip(TENANT, ("SELECT", "SELECT, INSERT"), strict=True):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON {table} TO trine_app USING ({MINE}) WITH CHECK ({MINE})")
        op.execute(f"CREATE POLICY controller ON {table} TO trine_controller USING (true) WITH CHECK (true)")
        op.execute(f"GRANT {granted} ON {table} TO trine_app")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO trine_controller")


def downgrade() -> None:
    for table in (*TENANT, "pool_samples"):
        op.drop_table(table)


def _amounts(*names: str) -> list[sa.Column[float]]:
    return [sa.Column(name, sa.Float(53), nullable=False) for name in names]


def _create_service_samples() -> None:
    counts = ("requests", "failed", "refused", "abandoned", "prompt_tokens", "completion_tokens")
    op.create_table(
        "service_samples",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in counts),
        sa.Column("latencies", postgresql.JSONB(), nullable=False),
        sa.Column("first_tokens", postgresql.JSONB(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_service_samples_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_samples")),
    )
    op.create_index("ix_service_samples_service_id_at", "service_samples", ["service_id", "at"])
    op.create_index("ix_service_samples_seconds_at", "service_samples", ["seconds", "at"])
