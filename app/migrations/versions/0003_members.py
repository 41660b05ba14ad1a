"""Invitations, service accounts, and keys of either kind of owner."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

MINE = "org_id = ANY (nullif(current_setting('app.org_ids', true), '')::uuid[])"
NEW = ("service_accounts", "invitations")

# Everything is qualified by what the secret names; see migration 0002.
FIND_INVITATION = """
CREATE FUNCTION find_invitation(hash bytea) RETURNS TABLE (invitation_id uuid, org_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT i.id, i.org_id FROM invitations i
  WHERE i.token_hash = hash AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > now() $$;
"""
COLUMNS = (
    "key_id uuid, key_hash bytea, org_id uuid, user_id uuid, {more}project_id uuid, role text, scopes text[], "
    "expires_at timestamptz"
)
FIND_API_KEY = f"""
CREATE FUNCTION find_api_key(wanted text)
RETURNS TABLE ({COLUMNS.format(more="service_account_id uuid, ")})
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT k.id, k.key_hash, k.org_id, k.user_id, k.service_account_id, k.project_id, coalesce(m.role, s.role)::text,
         k.scopes, k.expires_at
  FROM api_keys k
       LEFT JOIN users u ON u.id = k.user_id AND u.deleted_at IS NULL
       LEFT JOIN memberships m ON m.org_id = k.org_id AND m.user_id = u.id
       LEFT JOIN service_accounts s ON s.org_id = k.org_id AND s.id = k.service_account_id AND s.deleted_at IS NULL
  WHERE k.prefix = wanted AND k.revoked_at IS NULL AND (m.id IS NOT NULL OR s.id IS NOT NULL) $$;
"""
FIND_API_KEY_BEFORE = f"""
CREATE FUNCTION find_api_key(wanted text)
RETURNS TABLE ({COLUMNS.format(more="")})
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT k.id, k.key_hash, k.org_id, k.user_id, k.project_id, m.role::text, k.scopes, k.expires_at
  FROM api_keys k JOIN memberships m ON m.org_id = k.org_id AND m.user_id = k.user_id
       JOIN users u ON u.id = k.user_id AND u.deleted_at IS NULL
  WHERE k.prefix = wanted AND k.revoked_at IS NULL $$;
"""


def upgrade() -> None:
    op.create_table(
        "service_accounts",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_service_accounts_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_accounts")),
    )
    op.create_index(
        "uq_service_accounts_org_id_name",
        "service_accounts",
        ["org_id", "name"],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "invitations",
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("token_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_invitations_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    op.create_index(op.f("ix_invitations_org_id_id"), "invitations", ["org_id", "id"])
    op.alter_column("api_keys", "user_id", nullable=True)
    op.add_column("api_keys", sa.Column("service_account_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_api_keys_service_account_id"), "api_keys", "service_accounts", ["service_account_id"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_api_keys_one_owner"), "api_keys", "num_nonnulls(user_id, service_account_id) = 1"
    )
    for table in NEW:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON {table} TO trine_app USING ({MINE}) WITH CHECK ({MINE})")
        op.execute(f"CREATE POLICY controller ON {table} TO trine_controller USING (true) WITH CHECK (true)")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO trine_app, trine_controller")
        op.execute(f"GRANT SELECT ON {table} TO trine_auth")
        op.execute(f"CREATE POLICY sign_in ON {table} FOR SELECT TO trine_auth USING (true)")
    op.execute("DROP FUNCTION find_api_key(text)")
    _create("find_api_key(text)", FIND_API_KEY)
    _create("find_invitation(bytea)", FIND_INVITATION)


def downgrade() -> None:
    op.execute("DROP FUNCTION find_invitation(bytea)")
    op.execute("DROP FUNCTION find_api_key(text)")
    _create("find_api_key(text)", FIND_API_KEY_BEFORE)
    op.execute("DELETE FROM api_keys WHERE user_id IS NULL")
    op.drop_constraint("ck_api_keys_one_owner", "api_keys")
    op.drop_column("api_keys", "service_account_id")
    op.alter_column("api_keys", "user_id", nullable=False)
    for table in NEW:
        op.drop_table(table)


def _create(signature: str, statement: str) -> None:
    op.execute(statement)
    op.execute(f"ALTER FUNCTION {signature} OWNER TO trine_auth")
    op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO trine_app")
