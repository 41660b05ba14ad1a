"""Parameters and latest metrics of a project by their value: what the runs table filters and sorts by."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

REPORTED = ("params", "metric_latest")
# Neither can fail: telemetry is not refused for a number that float64 does not have.
FUNCTIONS = r"""
CREATE FUNCTION param_number(value jsonb) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE jsonb_typeof(value)
    WHEN 'number' THEN CASE WHEN value::numeric = 0 OR abs(value::numeric) BETWEEN 1e-300 AND 1e300 THEN value::float8 END
    WHEN 'string' THEN CASE WHEN value #>> '{}'
      ~ '^[+-]?([0-9]{1,30}\.?[0-9]{0,30}|\.[0-9]{1,30})([eE][+-]?[0-9]{1,2})?$' THEN (value #>> '{}')::float8 END
  END $$;

CREATE FUNCTION param_text(value jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT left(value #>> '{}', 256) $$;
"""


def upgrade() -> None:
    for table in REPORTED:
        op.add_column(table, sa.Column("project_id", sa.Uuid(), nullable=True))
        _fill(table)
        op.alter_column(table, "project_id", nullable=False)
    op.execute(FUNCTIONS)
    kinds: dict[str, Any] = {"number": sa.Float(53), "text": sa.String()}
    for column, kind in kinds.items():
        computed = sa.Computed(f"param_{column}(value)", persisted=True)
        op.add_column("params", sa.Column(column, kind, computed, nullable=True))
    op.create_index(
        "ix_metric_latest_project_id_name_value",
        "metric_latest",
        ["project_id", "name", "value", "run_id"],
        postgresql_include=["org_id"],
    )
    for column, which in {"number": "number IS NOT NULL", "text": "number IS NULL"}.items():
        op.create_index(
            f"ix_params_project_id_key_{column}",
            "params",
            ["project_id", "key", column, "run_id"],
            postgresql_include=["org_id"],
            postgresql_where=sa.text(which),
        )


def downgrade() -> None:
    op.drop_index("ix_metric_latest_project_id_name_value", table_name="metric_latest")
    for column in ("number", "text"):
        op.drop_index(f"ix_params_project_id_key_{column}", table_name="params")
    for column in ("number", "text"):
        op.drop_column("params", column)
        op.execute(f"DROP FUNCTION param_{column}(jsonb)")
    for table in REPORTED:
        op.drop_column(table, "project_id")


def _fill(table: str) -> None:
    """The policies would hide the rows from this migration too."""
    for each in (table, "runs"):
        op.execute(f"ALTER TABLE {each} NO FORCE ROW LEVEL SECURITY")
    op.execute(f"UPDATE {table} SET project_id = runs.project_id FROM runs WHERE runs.id = {table}.run_id")
    for each in (table, "runs"):
        op.execute(f"ALTER TABLE {each} FORCE ROW LEVEL SECURITY")
