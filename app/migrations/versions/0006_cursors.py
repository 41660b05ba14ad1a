"""What a reader who comes back goes by: order of transactions for events, order of commits for the lines of a run.

And the reference from a run to its workload, which the first version left out because the two point at each other.
"""

from alembic import op

revision = "0006"
down_revision = "0003"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE events ADD COLUMN transaction_id bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint"
    )
    op.create_index("ix_events_org_id_transaction_id", "events", ["org_id", "transaction_id", "id"])
    op.execute("ALTER TABLE logs ADD COLUMN position bigint NOT NULL GENERATED ALWAYS AS IDENTITY")
    op.create_index("ix_logs_run_id_position", "logs", ["run_id", "position"])
    op.drop_index("ix_logs_run_id_id", table_name="logs")
    op.create_foreign_key("fk_runs_workload_id", "runs", "workloads", ["workload_id"], ["id"])


def downgrade() -> None:
    op.drop_constraint("fk_runs_workload_id", "runs", type_="foreignkey")
    op.create_index("ix_logs_run_id_id", "logs", ["run_id", "id"])
    op.drop_index("ix_logs_run_id_position", table_name="logs")
    op.execute("ALTER TABLE logs DROP COLUMN position")
    op.drop_index("ix_events_org_id_transaction_id", table_name="events")
    op.execute("ALTER TABLE events DROP COLUMN transaction_id")
