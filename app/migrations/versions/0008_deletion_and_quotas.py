"""What is deleted can be removed for good; one row an artifact and a quota; the ledger added up by days."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

MINE = "org_id = ANY (nullif(current_setting('app.org_ids', true), '')::uuid[])"
NEW = {"unreferenced_blobs": "SELECT, UPDATE", "usage_days": "SELECT, INSERT, UPDATE"}
"""And what the application may do to them."""
HISTORY = (
    ("events", "project_id", "projects"),
    ("usage_ledger", "project_id", "projects"),
    ("usage_ledger", "workload_id", "workloads"),
    ("usage_ledger", "service_id", "inference_services"),
)
DELETED = ("runs", "artifacts")
OPENED = ("artifacts", "model_versions", "usage_ledger", "resource_quotas", "events")
"""Whose policies would hide their rows from this migration too."""

# Two of one content in one run: the older stays, and versions are made of it.
REPOINT = """
UPDATE model_versions v SET artifact_id = kept.id
FROM artifacts a, LATERAL (
  SELECT k.id FROM artifacts k WHERE k.run_id = a.run_id AND k.name = a.name AND k.digest = a.digest
  AND k.deleted_at IS NULL ORDER BY k.id LIMIT 1
) AS kept
WHERE a.id = v.artifact_id AND a.deleted_at IS NULL AND kept.id <> a.id
"""
DOUBLES = """
UPDATE artifacts a SET deleted_at = now() WHERE deleted_at IS NULL AND EXISTS (
  SELECT FROM artifacts k WHERE k.run_id = a.run_id AND k.name = a.name AND k.digest = a.digest
  AND k.deleted_at IS NULL AND k.id < a.id
)
"""
ADDED_UP = """
INSERT INTO usage_days (id, org_id, day, project_id, actor_id, cpu_seconds, gpu_seconds, requests, prompt_tokens,
                        completion_tokens)
SELECT gen_random_uuid(), org_id, (created_at AT TIME ZONE 'UTC')::date, project_id, actor_id, sum(cpu_seconds),
       sum(gpu_seconds), sum(requests), sum(prompt_tokens), sum(completion_tokens)
FROM usage_ledger GROUP BY org_id, (created_at AT TIME ZONE 'UTC')::date, project_id, actor_id
"""


def upgrade() -> None:
    _force(forced=False)
    for table, column, _ in HISTORY:
        op.drop_constraint(f"fk_{table}_{column}", table, type_="foreignkey")
    op.execute(REPOINT)
    op.execute(DOUBLES)
    op.create_index(
        "uq_artifacts_run_id_name_digest",
        "artifacts",
        ["run_id", "name", "digest"],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    for table in DELETED:
        op.create_index(
            f"ix_{table}_deleted_at", table, ["deleted_at"], postgresql_where=sa.text("deleted_at IS NOT NULL")
        )
    op.add_column("resource_quotas", sa.Column("warned_for", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_resource_quotas_one_holder"), "resource_quotas", "num_nonnulls(project_id, user_id) <= 1"
    )
    op.create_index(
        "uq_resource_quotas_holder",
        "resource_quotas",
        ["org_id", "project_id", "user_id", "resource"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    _create_unreferenced_blobs()
    _create_usage_days()
    op.execute(ADDED_UP)
    for table, granted in NEW.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON {table} TO trine_app USING ({MINE}) WITH CHECK ({MINE})")
        op.execute(f"CREATE POLICY controller ON {table} TO trine_controller USING (true) WITH CHECK (true)")
        op.execute(f"GRANT {granted} ON {table} TO trine_app")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO trine_controller")
    _force(forced=True)


def downgrade() -> None:
    _force(forced=False)
    for table in NEW:
        op.drop_table(table)
    op.drop_index("uq_resource_quotas_holder", table_name="resource_quotas")
    op.drop_constraint("ck_resource_quotas_one_holder", "resource_quotas")
    op.drop_column("resource_quotas", "warned_for")
    for table in DELETED:
        op.drop_index(f"ix_{table}_deleted_at", table_name=table)
    op.drop_index("uq_artifacts_run_id_name_digest", table_name="artifacts")
    for table, column, target in HISTORY:
        # The history of what has been removed for good cannot be kept under the reference.
        op.execute(
            f"DELETE FROM {table} WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT id FROM {target})"
            if target == "projects"
            else f"UPDATE {table} SET {column} = NULL WHERE {column} NOT IN (SELECT id FROM {target})"
        )
        op.create_foreign_key(f"fk_{table}_{column}", table, target, [column], ["id"])
    _force(forced=True)


def _create_unreferenced_blobs() -> None:
    op.create_table(
        "unreferenced_blobs",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_unreferenced_blobs_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unreferenced_blobs")),
        sa.UniqueConstraint("org_id", "sha256", name=op.f("uq_unreferenced_blobs_org_id_sha256")),
    )


def _create_usage_days() -> None:
    op.create_table(
        "usage_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("cpu_seconds", sa.Float(precision=53), server_default="0", nullable=False),
        sa.Column("gpu_seconds", sa.Float(precision=53), server_default="0", nullable=False),
        sa.Column("requests", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("prompt_tokens", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("completion_tokens", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_usage_days_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_days")),
    )
    op.create_index(
        "uq_usage_days_holder",
        "usage_days",
        ["org_id", "day", "project_id", "actor_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )


def _force(*, forced: bool) -> None:
    for table in OPENED:
        op.execute(f"ALTER TABLE {table} {'' if forced else 'NO '}FORCE ROW LEVEL SECURITY")
