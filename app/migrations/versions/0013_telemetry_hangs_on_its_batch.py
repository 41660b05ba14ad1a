"""Rows of telemetry hang on their batch, whose run is locked while they are written: they refer to nothing themselves."""

from alembic import op

revision = "0013"
down_revision = "0012"

TABLES = ("metrics", "metric_latest", "params", "logs")
REFERRED = {"org_id": "organizations", "run_id": "runs"}


def upgrade() -> None:
    for table in TABLES:
        for column in REFERRED:
            op.drop_constraint(f"fk_{table}_{column}", table, type_="foreignkey")


def downgrade() -> None:
    for table in TABLES:
        for column, other in REFERRED.items():
            op.create_foreign_key(f"fk_{table}_{column}", table, other, [column], ["id"])
