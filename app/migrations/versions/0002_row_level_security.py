"""Row-level security on every tenant table, grants, and the functions that know people before they are signed in."""

from alembic import op

revision = "0002"
down_revision = "0001"

TENANT = [
    "memberships",
    "projects",
    "api_keys",
    "events",
    "idempotency_keys",
    "experiments",
    "runs",
    "params",
    "ingested_batches",
    "metrics",
    "metric_latest",
    "logs",
    "artifacts",
    "artifact_files",
    "models",
    "model_versions",
    "model_aliases",
    "resource_quotas",
    "workloads",
    "usage_ledger",
    "training_jobs",
    "studies",
    "trials",
    "simulations",
    "inference_services",
    "deployments",
    "agent_sessions",
    "agent_messages",
]
SHARED = ("environments", "scenarios")
OPEN = ("clusters", "gpu_nodes", "scheduling_queues")
APPEND_ONLY = ("events", "usage_ledger")

MINE = "org_id = ANY (nullif(current_setting('app.org_ids', true), '')::uuid[])"
MY_ORGANIZATIONS = "id = ANY (nullif(current_setting('app.org_ids', true), '')::uuid[])"
MYSELF = "nullif(current_setting('app.user_id', true), '')::uuid"
COLLEAGUES = f"id = {MYSELF} OR EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = users.id)"

# Each finds one row by a secret, or by an address to sign in with, and returns no more than what the check needs.
# They belong to trine_auth, which may read these four tables and nothing else.
FUNCTIONS = """
CREATE FUNCTION find_user(wanted text) RETURNS TABLE (id uuid, password_hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT u.id, u.password_hash FROM users u WHERE lower(u.email) = lower(wanted) AND u.deleted_at IS NULL $$;

CREATE FUNCTION find_session(hash bytea)
RETURNS TABLE (session_id uuid, user_id uuid, org_ids uuid[], roles text[], expires_at timestamptz, is_platform_admin boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT s.id, s.user_id, coalesce(array_agg(m.org_id) FILTER (WHERE m.org_id IS NOT NULL), '{}'),
         coalesce(array_agg(m.role::text) FILTER (WHERE m.org_id IS NOT NULL), '{}'), s.expires_at, u.is_platform_admin
  FROM sessions s JOIN users u ON u.id = s.user_id AND u.deleted_at IS NULL LEFT JOIN memberships m ON m.user_id = u.id
  WHERE s.token_hash = hash AND s.revoked_at IS NULL GROUP BY s.id, u.id $$;

CREATE FUNCTION find_api_key(wanted text)
RETURNS TABLE (key_id uuid, key_hash bytea, org_id uuid, user_id uuid, project_id uuid, role text, scopes text[], expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT k.id, k.key_hash, k.org_id, k.user_id, k.project_id, m.role::text, k.scopes, k.expires_at
  FROM api_keys k JOIN memberships m ON m.org_id = k.org_id AND m.user_id = k.user_id
       JOIN users u ON u.id = k.user_id AND u.deleted_at IS NULL
  WHERE k.prefix = wanted AND k.revoked_at IS NULL $$;

CREATE FUNCTION find_worker(hash bytea) RETURNS TABLE (workload_id uuid, org_id uuid, project_id uuid, run_id uuid, attempt int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT w.id, w.org_id, w.project_id, w.run_id, w.attempt FROM workloads w
  WHERE w.token_hash = hash AND w.status IN ('admitted', 'starting', 'running', 'stopping') $$;

CREATE FUNCTION find_enrolment(hash bytea) RETURNS TABLE (workload_id uuid, org_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT w.id, w.org_id FROM workloads w WHERE w.enrolment_hash = hash $$;
"""
SIGNATURES = (
    "find_user(text)",
    "find_session(bytea)",
    "find_api_key(text)",
    "find_worker(bytea)",
    "find_enrolment(bytea)",
)


def upgrade() -> None:
    for table in TENANT:
        _protect(table, MINE, MINE)
    for table in SHARED:
        _protect(table, f"org_id IS NULL OR {MINE}", MINE)
    _protect("organizations", MY_ORGANIZATIONS, MY_ORGANIZATIONS)
    _protect("users", COLLEAGUES, f"id = {MYSELF}")
    _protect("sessions", f"user_id = {MYSELF}", f"user_id = {MYSELF}")

    protected = (*TENANT, *SHARED, "organizations", "users", "sessions")
    for table in protected:
        operations = "SELECT, INSERT" if table in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
        op.execute(f"GRANT {operations} ON {table} TO trine_app")
        op.execute(f"GRANT {operations} ON {table} TO trine_controller")
    for table in OPEN:
        op.execute(f"GRANT SELECT ON {table} TO trine_app")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO trine_controller")

    for table in ("users", "sessions", "api_keys", "memberships", "workloads"):
        op.execute(f"GRANT SELECT ON {table} TO trine_auth")
        op.execute(f"CREATE POLICY sign_in ON {table} FOR SELECT TO trine_auth USING (true)")
    op.execute(FUNCTIONS)
    for signature in SIGNATURES:
        op.execute(f"ALTER FUNCTION {signature} OWNER TO trine_auth")
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO trine_app")


def downgrade() -> None:
    for signature in SIGNATURES:
        op.execute(f"DROP FUNCTION {signature}")
    for table in ("users", "sessions", "api_keys", "memberships", "workloads"):
        op.execute(f"DROP POLICY sign_in ON {table}")
        op.execute(f"REVOKE ALL ON {table} FROM trine_auth")
    for table in OPEN:
        op.execute(f"REVOKE ALL ON {table} FROM trine_app, trine_controller")
    for table in (*TENANT, *SHARED, "organizations", "users", "sessions"):
        op.execute(f"REVOKE ALL ON {table} FROM trine_app, trine_controller")
        op.execute(f"DROP POLICY tenant ON {table}")
        op.execute(f"DROP POLICY controller ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")


def _protect(table: str, visible: str, writable: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON {table} TO trine_app USING ({visible}) WITH CHECK ({writable})")
    op.execute(f"CREATE POLICY controller ON {table} TO trine_controller USING (true) WITH CHECK (true)")
