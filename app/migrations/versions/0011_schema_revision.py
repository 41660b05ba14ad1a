"""Whoever serves may know which migration was the last: `/readyz` tells where one is missing."""

from alembic import op

revision = "0011"
down_revision = "0010"

FUNCTION = """
CREATE FUNCTION schema_revision() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT version_num::text FROM alembic_version $$;
"""


def upgrade() -> None:
    op.execute(FUNCTION)
    op.execute("REVOKE ALL ON FUNCTION schema_revision() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION schema_revision() TO trine_app, trine_controller")


def downgrade() -> None:
    op.execute("DROP FUNCTION schema_revision()")
