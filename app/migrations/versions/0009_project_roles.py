"""Private projects, and roles in one project that are not those of its organization."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

MINE = "org_id = ANY (nullif(current_setting('app.org_ids', true), '')::uuid[])"


def upgrade() -> None:
    op.add_column("projects", sa.Column("private", sa.Boolean(), server_default="false", nullable=False))
    op.create_table(
        "project_memberships",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("service_account_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(user_id, service_account_id) = 1", name=op.f("ck_project_memberships_one_member")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_memberships_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service_account_id"],
            ["service_accounts.id"],
            name=op.f("fk_project_memberships_service_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_project_memberships_org_id")),
        sa.ForeignKeyConstraint(
            ["org_id", "user_id"],
            ["memberships.org_id", "memberships.user_id"],
            name="fk_project_memberships_membership",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_memberships")),
        sa.UniqueConstraint("project_id", "user_id", name=op.f("uq_project_memberships_project_id_user_id")),
        sa.UniqueConstraint(
            "project_id", "service_account_id", name=op.f("uq_project_memberships_project_id_service_account_id")
        ),
    )
    op.execute("ALTER TABLE project_memberships ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE project_memberships FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON project_memberships TO trine_app USING ({MINE}) WITH CHECK ({MINE})")
    op.execute("CREATE POLICY controller ON project_memberships TO trine_controller USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON project_memberships TO trine_app, trine_controller")


def downgrade() -> None:
    op.drop_table("project_memberships")
    op.drop_column("projects", "private")
