"""Identities at other providers, and sign-ins that are under way."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

MYSELF = "nullif(current_setting('app.user_id', true), '')::uuid"

# For whoever is about to be signed in, as those of migration 0002.
FUNCTIONS = """
CREATE FUNCTION find_identity(wanted_issuer text, wanted_subject text) RETURNS TABLE (identity_id uuid, user_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT i.id, i.user_id FROM identities i JOIN users u ON u.id = i.user_id AND u.deleted_at IS NULL
  WHERE i.issuer = wanted_issuer AND i.subject = wanted_subject $$;

CREATE FUNCTION find_open_session(wanted uuid) RETURNS TABLE (user_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT s.user_id FROM sessions s JOIN users u ON u.id = s.user_id AND u.deleted_at IS NULL
  WHERE s.id = wanted AND s.revoked_at IS NULL AND s.expires_at > now() $$;

CREATE FUNCTION organizations_of(person uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT m.org_id FROM memberships m WHERE m.user_id = person $$;

CREATE FUNCTION take_sign_in(hash bytea)
RETURNS TABLE (provider text, nonce text, verifier text, next text, session_id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  DELETE FROM pending_sign_ins p WHERE p.state_hash = hash AND p.expires_at > now()
  RETURNING p.provider, p.nonce, p.verifier, p.next, p.session_id $$;

CREATE FUNCTION drop_expired_sign_ins() RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  DELETE FROM pending_sign_ins p WHERE p.id IN (
    SELECT e.id FROM pending_sign_ins e WHERE e.expires_at <= now() LIMIT 100 FOR UPDATE SKIP LOCKED) $$;
"""
SIGNATURES = (
    "find_identity(text, text)",
    "find_open_session(uuid)",
    "organizations_of(uuid)",
    "take_sign_in(bytea)",
    "drop_expired_sign_ins()",
)


def upgrade() -> None:
    op.create_table(
        "identities",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("email", sa.String(), server_default="", nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_identities_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_identities_issuer_subject")),
    )
    op.create_index(op.f("ix_identities_user_id"), "identities", ["user_id"])
    op.create_table(
        "pending_sign_ins",
        sa.Column("state_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("verifier", sa.String(), nullable=False),
        sa.Column("next", sa.String(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_sign_ins")),
        sa.UniqueConstraint("state_hash", name=op.f("uq_pending_sign_ins_state_hash")),
    )
    op.create_index(op.f("ix_pending_sign_ins_expires_at"), "pending_sign_ins", ["expires_at"])
    for table in ("identities", "pending_sign_ins"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    mine = f"user_id = {MYSELF}"
    op.execute(f"CREATE POLICY tenant ON identities TO trine_app USING ({mine}) WITH CHECK ({mine})")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON identities TO trine_app")
    op.execute("CREATE POLICY sign_in ON identities FOR SELECT TO trine_auth USING (true)")
    op.execute("GRANT SELECT ON identities TO trine_auth")
    op.execute("CREATE POLICY tenant ON pending_sign_ins FOR INSERT TO trine_app WITH CHECK (true)")
    op.execute("GRANT INSERT ON pending_sign_ins TO trine_app")
    op.execute("CREATE POLICY sign_in ON pending_sign_ins TO trine_auth USING (true)")
    op.execute("GRANT SELECT, UPDATE, DELETE ON pending_sign_ins TO trine_auth")
    op.execute(FUNCTIONS)
    for signature in SIGNATURES:
        op.execute(f"ALTER FUNCTION {signature} OWNER TO trine_auth")
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO trine_app")


def downgrade() -> None:
    for signature in SIGNATURES:
        op.execute(f"DROP FUNCTION {signature}")
    op.drop_table("pending_sign_ins")
    op.drop_table("identities")
