"""Lines of logs are found by their words, in an index that knows of each which project and run it is of."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

# ASCII but for letters and digits, general and CJK punctuation, the full-width forms of both.
BETWEEN_WORDS = (
    r"[\u0001-/:-@\[-`\{-\u00bf\u2000-\u206f\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]+"
)
# Kana, ideographs, Hangul: scripts that do not part their words are parted into characters.
CHARACTERS = r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
# In two parts, because a tsvector has at most 1 MiB; the second begins as long before the end of the first as the
# longest word that PostgreSQL takes. Functions are named with their schema: a dump is restored without a search path.
WORDS = f"""
CREATE FUNCTION log_words(text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$ BEGIN
  RETURN pg_catalog.regexp_replace(pg_catalog.regexp_replace($1, '{BETWEEN_WORDS}', ' ', 'g'), '({CHARACTERS})', ' \\1 ', 'g');
END $$;

CREATE FUNCTION log_terms(project_id uuid, run_id uuid, text text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$ BEGIN
  RETURN pg_catalog.array_to_tsvector(ARRAY[project_id::pg_catalog.text, run_id::pg_catalog.text])
    || pg_catalog.strip(pg_catalog.to_tsvector('pg_catalog.simple', public.log_words(pg_catalog.left(text, 131072))))
    || pg_catalog.strip(pg_catalog.to_tsvector('pg_catalog.simple', public.log_words(pg_catalog.substr(text, 131073 - 2048))));
END $$;
"""
# `@@` is not leakproof, so under row-level security it may not choose rows by an index. Here it may: what is found are
# keys, of the transaction's organizations alone; what these rows say is read under the policies.
FIND = """
CREATE FUNCTION find_logs(of_project uuid, of_run uuid, wanted tsquery, newest uuid, most integer)
RETURNS TABLE (log_id uuid, characters integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$ BEGIN
  -- Planned anew for each question. An entry has all the words of a line that is looked for, wherever they stand.
  RETURN QUERY EXECUTE
    'SELECT id, length(text) FROM logs WHERE log_terms(project_id, run_id, text) @@ $1
     AND org_id = ANY ($2) AND project_id = $3 AND id <= $4 ORDER BY id DESC LIMIT $5'
  USING array_to_tsvector(ARRAY[coalesce(of_run, of_project)::text])::text::tsquery
          && regexp_replace(querytree(wanted), '<(-|\\d+)>', '&', 'g')::tsquery,
        nullif(current_setting('app.org_ids', true), '')::uuid[], of_project, newest, most;
END $$;
"""
SIGNATURE = "find_logs(uuid, uuid, tsquery, uuid, integer)"


def upgrade() -> None:
    op.add_column("logs", sa.Column("project_id", sa.Uuid(), nullable=True))
    # The policies would hide the rows from this migration too.
    for table in ("logs", "runs"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE logs SET project_id = runs.project_id FROM runs WHERE runs.id = logs.run_id")
    for table in ("logs", "runs"):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.alter_column("logs", "project_id", nullable=False)
    op.execute(WORDS)
    op.execute("CREATE INDEX ix_logs_terms ON logs USING gin (log_terms(project_id, run_id, text))")
    op.execute(FIND)
    op.execute(f"ALTER FUNCTION {SIGNATURE} OWNER TO trine_auth")
    op.execute(f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {SIGNATURE} TO trine_app")
    op.execute("GRANT SELECT (id, org_id, project_id, run_id, text) ON logs TO trine_auth")
    op.execute("CREATE POLICY search ON logs FOR SELECT TO trine_auth USING (true)")


def downgrade() -> None:
    op.execute("DROP POLICY search ON logs")
    op.execute("REVOKE SELECT (id, org_id, project_id, run_id, text) ON logs FROM trine_auth")
    op.execute(f"DROP FUNCTION {SIGNATURE}")
    op.drop_index("ix_logs_terms", table_name="logs")
    op.execute("DROP FUNCTION log_terms(uuid, uuid, text)")
    op.execute("DROP FUNCTION log_words(text)")
    op.drop_column("logs", "project_id")
