"""The administrator of the platform: who is disabled, what they may see, and the platform's own events.

The platform has an organization of its own, that nobody is a member of. A transaction in its scope sees organizations and
people; events of no other organization belong to it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

PLATFORM = "00000000-0000-0000-0000-000000000000"
ADMINISTERS = f"'{PLATFORM}'::uuid = ANY (nullif(current_setting('app.org_ids', true), '')::uuid[])"
WRITABLE = ("organizations", "users")

# Who may change their own row, as everybody who signs in may, must not make themselves an administrator by it.
GUARD = """
CREATE FUNCTION keep_administrators() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF NEW.is_platform_admin AND current_user IN ('trine_app', 'trine_controller')
     AND (TG_OP = 'INSERT' OR NOT OLD.is_platform_admin) THEN
    RAISE insufficient_privilege USING MESSAGE = 'permission denied: administrators are appointed by the owner';
  END IF;
  RETURN NEW;
END $$
"""
# For what is written about a refused key, not for letting it in.
OWNER_OF_KEY = """
CREATE FUNCTION find_key_owner(wanted text) RETURNS TABLE (org_id uuid, actor_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT k.org_id, coalesce(k.user_id, k.service_account_id) FROM api_keys k WHERE k.prefix = wanted $$
"""


def upgrade() -> None:
    for table in WRITABLE:
        op.add_column(table, sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True))
        op.execute(f"CREATE POLICY administration_read ON {table} FOR SELECT TO trine_app USING ({ADMINISTERS})")
        op.execute(
            f"CREATE POLICY administration_write ON {table} FOR UPDATE TO trine_app "
            f"USING ({ADMINISTERS}) WITH CHECK ({ADMINISTERS})"
        )
    op.execute("GRANT SELECT (disabled_at) ON users TO trine_controller")
    op.execute(GUARD)
    op.execute("REVOKE ALL ON FUNCTION keep_administrators() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER keep_administrators BEFORE INSERT OR UPDATE OF is_platform_admin ON users "
        "FOR EACH ROW EXECUTE FUNCTION keep_administrators()"
    )
    op.execute(OWNER_OF_KEY)
    op.execute("ALTER FUNCTION find_key_owner(text) OWNER TO trine_auth")
    op.execute("REVOKE ALL ON FUNCTION find_key_owner(text) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION find_key_owner(text) TO trine_app")
    made = f"INSERT INTO organizations (id, slug, name) VALUES ('{PLATFORM}', 'platform', 'Platform')"
    _as_owner(made, "organizations")


def downgrade() -> None:
    _as_owner(f"DELETE FROM events WHERE org_id = '{PLATFORM}'", "events")
    _as_owner(f"DELETE FROM idempotency_keys WHERE org_id = '{PLATFORM}'", "idempotency_keys")
    _as_owner(f"DELETE FROM organizations WHERE id = '{PLATFORM}'", "organizations")
    op.execute("DROP FUNCTION find_key_owner(text)")
    op.execute("DROP TRIGGER keep_administrators ON users")
    op.execute("DROP FUNCTION keep_administrators()")
    for table in WRITABLE:
        op.execute(f"DROP POLICY administration_read ON {table}")
        op.execute(f"DROP POLICY administration_write ON {table}")
        op.drop_column(table, "disabled_at")


def _as_owner(statement: str, table: str) -> None:
    """The policies would hide the rows from this migration too."""
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(statement)
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
