"""Views of the table of runs that people keep, for themselves or for their project."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"

MINE = "org_id = ANY (nullif(current_setting('app.org_ids', true), '')::uuid[])"


def upgrade() -> None:
    op.create_table(
        "run_views",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("filter", sa.String(), nullable=False),
        sa.Column("sort", sa.String(), nullable=False),
        sa.Column("columns", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("group_by", postgresql.JSONB(), nullable=False),
        sa.Column("layout", postgresql.JSONB(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_run_views_project_id")),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_run_views_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_views")),
    )
    op.create_index(
        "uq_run_views_project_id_name",
        "run_views",
        ["project_id", "name"],
        unique=True,
        postgresql_where=sa.text("shared"),
    )
    op.create_index(
        "uq_run_views_project_id_created_by_name",
        "run_views",
        ["project_id", "created_by", "name"],
        unique=True,
        postgresql_where=sa.text("NOT shared"),
    )
    op.execute("ALTER TABLE run_views ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE run_views FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON run_views TO trine_app USING ({MINE}) WITH CHECK ({MINE})")
    op.execute("CREATE POLICY controller ON run_views TO trine_controller USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON run_views TO trine_app, trine_controller")


def downgrade() -> None:
    op.drop_table("run_views")
