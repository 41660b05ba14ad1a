"""A session's token is replaced by the next one while it is used; a session has an end of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

# Everything is qualified by what the secret names; see migration 0002.
MATCH_SESSION = """
CREATE FUNCTION match_session(hashes bytea[])
RETURNS TABLE (token_hash bytea, next_hash bytea, offered_at timestamptz, previous_until timestamptz,
               renewed_at timestamptz, ends_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT s.token_hash, s.next_hash, s.offered_at, s.previous_until, s.renewed_at, s.ends_at FROM sessions s
  WHERE s.revoked_at IS NULL AND (s.token_hash = ANY (hashes) OR s.next_hash = ANY (hashes)
        OR (s.previous_hash = ANY (hashes) AND s.previous_until > now())) $$;
"""
SIGNATURE = "match_session(bytea[])"


def upgrade() -> None:
    op.add_column("sessions", sa.Column("next_hash", sa.LargeBinary(), nullable=True))
    op.add_column("sessions", sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sessions", sa.Column("previous_hash", sa.LargeBinary(), nullable=True))
    op.add_column("sessions", sa.Column("previous_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "sessions",
        sa.Column("renewed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.add_column("sessions", sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
    # The owner is under the policies too, and sees no session while they are forced.
    op.execute("ALTER TABLE sessions NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE sessions SET ends_at = expires_at")
    op.execute("ALTER TABLE sessions FORCE ROW LEVEL SECURITY")
    op.alter_column("sessions", "ends_at", nullable=False)
    op.create_unique_constraint(op.f("uq_sessions_next_hash"), "sessions", ["next_hash"])
    op.create_unique_constraint(op.f("uq_sessions_previous_hash"), "sessions", ["previous_hash"])
    op.execute(MATCH_SESSION)
    op.execute(f"ALTER FUNCTION {SIGNATURE} OWNER TO trine_auth")
    op.execute(f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {SIGNATURE} TO trine_app")


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {SIGNATURE}")
    for column in ("next_hash", "offered_at", "previous_hash", "previous_until", "renewed_at", "ends_at"):
        op.drop_column("sessions", column)
