"""A second factor, links that give a new password, and passwords that run out."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

MYSELF = "nullif(current_setting('app.user_id', true), '')::uuid"
PLATFORM = "00000000-0000-0000-0000-000000000000"
ADMINISTERS = f"'{PLATFORM}'::uuid = ANY (nullif(current_setting('app.org_ids', true), '')::uuid[])"
MINE = ("second_factors", "recovery_codes")

# For whoever has the link and nothing else; see migration 0002.
TAKE_RESET = """
CREATE FUNCTION take_password_reset(hash bytea) RETURNS TABLE (user_id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  UPDATE password_resets r SET used_at = now() FROM users u
  WHERE r.token_hash = hash AND r.used_at IS NULL AND r.expires_at > now() AND u.id = r.user_id AND u.deleted_at IS NULL
  RETURNING r.user_id $$
"""


def upgrade() -> None:
    op.add_column("users", sa.Column("password_expires_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sessions", sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "organizations", sa.Column("requires_second_factor", sa.Boolean(), server_default="false", nullable=False)
    )
    op.create_table(
        "second_factors",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_second_factors_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factors")),
        sa.UniqueConstraint("user_id", name=op.f("uq_second_factors_user_id")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_codes_code_hash")),
    )
    op.create_index(op.f("ix_recovery_codes_user_id"), "recovery_codes", ["user_id"])
    op.create_table(
        "password_resets",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_password_resets_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_resets")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_resets_token_hash")),
    )
    op.create_index(op.f("ix_password_resets_user_id"), "password_resets", ["user_id"])
    for table in MINE:
        _protect(table, f"user_id = {MYSELF}")
    _protect("password_resets", ADMINISTERS)
    op.execute("GRANT SELECT, UPDATE ON password_resets TO trine_auth")
    op.execute("CREATE POLICY sign_in ON password_resets TO trine_auth USING (true)")
    op.execute(TAKE_RESET)
    op.execute("ALTER FUNCTION take_password_reset(bytea) OWNER TO trine_auth")
    op.execute("REVOKE ALL ON FUNCTION take_password_reset(bytea) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION take_password_reset(bytea) TO trine_app")


def downgrade() -> None:
    op.execute("DROP FUNCTION take_password_reset(bytea)")
    for table in ("password_resets", *MINE):
        op.drop_table(table)
    op.drop_column("organizations", "requires_second_factor")
    op.drop_column("sessions", "second_factor_at")
    op.drop_column("users", "password_expires_at")


def _protect(table: str, visible: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON {table} TO trine_app USING ({visible}) WITH CHECK ({visible})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO trine_app")
