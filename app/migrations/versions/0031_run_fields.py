"""Names, tags and summaries of a project's runs by their value, and metrics by their extremes: more orders of the runs
table that an index has."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

MINE = "org_id = ANY (nullif(current_setting('app.org_ids', true), '')::uuid[])"
# Neither can fail: no change of a run is refused for what an index does not take.
FUNCTIONS = """
CREATE FUNCTION fields_of_run(name text, status text, tags jsonb, summary jsonb)
RETURNS TABLE (place text, key text, number float8, text text) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT place, key, param_number(value), param_text(value) FROM (
    SELECT 'tags' AS place, key, value FROM jsonb_each(tags)
    UNION ALL SELECT 'summary', key, value FROM jsonb_each(summary)
  ) AS each WHERE length(key) <= 250 AND jsonb_typeof(value) <> 'null'
  UNION ALL
  SELECT 'attributes', key, NULL, left(value, 256) FROM (VALUES ('name', name), ('status', status)) AS each (key, value)
  WHERE value IS NOT NULL
$$;

CREATE FUNCTION write_run_fields() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$ BEGIN
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM run_fields AS field USING (
      SELECT place, key FROM fields_of_run(OLD.name, OLD.status, OLD.tags, OLD.summary)
      EXCEPT SELECT place, key FROM fields_of_run(NEW.name, NEW.status, NEW.tags, NEW.summary)
    ) AS gone WHERE field.run_id = NEW.id AND field.place = gone.place AND field.key = gone.key;
  END IF;
  -- Of a run that is new all of them: nothing was told by OLD.
  INSERT INTO run_fields (org_id, project_id, run_id, place, key, number, text)
  SELECT NEW.org_id, NEW.project_id, NEW.id, told.* FROM (
    SELECT * FROM fields_of_run(NEW.name, NEW.status, NEW.tags, NEW.summary)
    EXCEPT SELECT * FROM fields_of_run(OLD.name, OLD.status, OLD.tags, OLD.summary)
  ) AS told
  ON CONFLICT (run_id, place, key) DO UPDATE SET number = excluded.number, text = excluded.text;
  RETURN NULL;
END $$;
"""
TRIGGERS = """
CREATE TRIGGER write_fields_of_new AFTER INSERT ON runs FOR EACH ROW EXECUTE FUNCTION write_run_fields();
CREATE TRIGGER write_fields AFTER UPDATE OF name, status, tags, summary ON runs FOR EACH ROW
  WHEN ((OLD.name, OLD.status, OLD.tags, OLD.summary) IS DISTINCT FROM (NEW.name, NEW.status, NEW.tags, NEW.summary))
  EXECUTE FUNCTION write_run_fields();
"""


def upgrade() -> None:
    op.create_table(
        "run_fields",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("number", sa.Float(53), nullable=True),
        sa.Column("text", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("run_id", "place", "key", name=op.f("pk_run_fields")),
    )
    op.execute(FUNCTIONS)
    # The policies would hide the rows from this migration too.
    op.execute("ALTER TABLE runs NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "INSERT INTO run_fields (org_id, project_id, run_id, place, key, number, text) "
        "SELECT org_id, project_id, id, field.* FROM runs, fields_of_run(name, status, tags, summary) AS field"
    )
    op.execute("ALTER TABLE runs FORCE ROW LEVEL SECURITY")
    for column, which in {"number": "number IS NOT NULL", "text": "number IS NULL"}.items():
        op.create_index(
            f"ix_run_fields_project_id_place_key_{column}",
            "run_fields",
            ["project_id", "place", "key", column, "run_id"],
            postgresql_include=["org_id"],
            postgresql_where=sa.text(which),
        )
    for column in ("minimum", "maximum"):
        op.create_index(
            f"ix_metric_latest_project_id_name_{column}",
            "metric_latest",
            ["project_id", "name", column, "run_id"],
            postgresql_include=["org_id"],
        )
    op.execute("ALTER TABLE run_fields ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE run_fields FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON run_fields FOR SELECT TO trine_app USING ({MINE})")
    op.execute("CREATE POLICY controller ON run_fields TO trine_controller USING (true)")
    op.execute("CREATE POLICY trigger ON run_fields TO trine_auth USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT ON run_fields TO trine_app")
    op.execute("GRANT SELECT, DELETE ON run_fields TO trine_controller")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON run_fields TO trine_auth")
    op.execute("ALTER FUNCTION write_run_fields() OWNER TO trine_auth")
    op.execute(TRIGGERS)


def downgrade() -> None:
    for name in ("write_fields", "write_fields_of_new"):
        op.execute(f"DROP TRIGGER {name} ON runs")
    op.execute("DROP FUNCTION write_run_fields()")
    for column in ("minimum", "maximum"):
        op.drop_index(f"ix_metric_latest_project_id_name_{column}", table_name="metric_latest")
    op.drop_table("run_fields")
    op.execute("DROP FUNCTION fields_of_run(text, text, jsonb, jsonb)")
