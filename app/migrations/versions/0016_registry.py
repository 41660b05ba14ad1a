"""What is said of a version of a model, versions deleted one by one, and gates of aliases with approvals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"

MINE = "org_id = ANY (nullif(current_setting('app.org_ids', true), '')::uuid[])"
NEW = {"model_gates": "SELECT, INSERT, UPDATE, DELETE", "model_approvals": "SELECT, INSERT, DELETE"}
"""And what the application may do to them."""
OPENED = ("models", "model_versions", "runs")
"""Whose policies would hide their rows from this migration too."""
FILL = """
UPDATE model_versions v SET project_id = m.project_id, created_by = r.created_by
FROM models m, runs r WHERE m.id = v.model_id AND r.id = v.run_id
"""
SAME = "uq_model_versions_model_id_run_id_digest"


def upgrade() -> None:
    _force(forced=False)
    for table in ("models", "model_versions"):
        op.add_column(
            table,
            sa.Column("tags", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        )
    op.add_column("model_versions", sa.Column("project_id", sa.Uuid(), nullable=True))
    op.add_column("model_versions", sa.Column("signature", postgresql.JSONB(), nullable=True))
    op.add_column("model_versions", sa.Column("licence", sa.String(), nullable=True))
    op.add_column("model_versions", sa.Column("description", sa.String(), server_default="", nullable=False))
    op.add_column("model_versions", sa.Column("card", sa.String(), nullable=True))
    op.add_column("model_versions", sa.Column("created_by", sa.Uuid(), nullable=True))
    op.add_column(
        "model_versions",
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.execute(FILL)
    op.alter_column("model_versions", "project_id", nullable=False)
    op.create_foreign_key("fk_model_versions_project_id", "model_versions", "projects", ["project_id"], ["id"])
    op.drop_constraint(SAME, "model_versions")
    there, gone = sa.text("deleted_at IS NULL"), sa.text("deleted_at IS NOT NULL")
    columns = ["model_id", "run_id", "digest"]
    op.create_index(SAME, "model_versions", columns, unique=True, postgresql_where=there)
    op.create_index("ix_model_versions_deleted_at", "model_versions", ["deleted_at"], postgresql_where=gone)
    op.create_index("ix_model_versions_run_id", "model_versions", ["run_id"])
    op.create_index("ix_model_versions_artifact_id", "model_versions", ["artifact_id"])
    op.create_index("ix_model_aliases_version_id", "model_aliases", ["version_id"])
    _create_model_gates()
    _create_model_approvals()
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
    op.drop_index("ix_model_aliases_version_id", table_name="model_aliases")
    for name in ("ix_model_versions_artifact_id", "ix_model_versions_run_id", "ix_model_versions_deleted_at", SAME):
        op.drop_index(name, table_name="model_versions")
    # Of two versions of the same content one was deleted: the one that is there stays, else the newest.
    op.execute(
        "DELETE FROM model_versions v WHERE v.deleted_at IS NOT NULL AND EXISTS (SELECT FROM model_versions k "
        "WHERE k.model_id = v.model_id AND k.run_id = v.run_id AND k.digest = v.digest "
        "AND (k.deleted_at IS NULL OR k.version > v.version))"
    )
    op.create_unique_constraint(SAME, "model_versions", ["model_id", "run_id", "digest"])
    op.drop_constraint("fk_model_versions_project_id", "model_versions", type_="foreignkey")
    for column in ("updated_at", "created_by", "card", "description", "licence", "signature", "project_id"):
        op.drop_column("model_versions", column)
    for table in ("models", "model_versions"):
        op.drop_column(table, "tags")
    _force(forced=True)


def _create_model_gates() -> None:
    op.create_table(
        "model_gates",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=True),
        sa.Column("alias", sa.String(), nullable=False),
        sa.Column("rules", postgresql.JSONB(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_model_gates_project_id")),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_model_gates_model_id")),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_model_gates_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_gates")),
    )
    op.create_index("ix_model_gates_model_id", "model_gates", ["model_id"])
    op.create_index(
        "uq_model_gates_alias",
        "model_gates",
        ["project_id", "model_id", "alias"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )


def _create_model_approvals() -> None:
    op.create_table(
        "model_approvals",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("alias", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("comment", sa.String(), server_default="", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_model_approvals_project_id")),
        sa.ForeignKeyConstraint(["version_id"], ["model_versions.id"], name=op.f("fk_model_approvals_version_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_model_approvals_user_id")),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_model_approvals_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_approvals")),
        sa.UniqueConstraint("version_id", "alias", "user_id", name=op.f("uq_model_approvals_version_id_alias_user_id")),
    )


def _force(*, forced: bool) -> None:
    for table in OPENED:
        op.execute(f"ALTER TABLE {table} {'' if forced else 'NO '}FORCE ROW LEVEL SECURITY")
