"""Chunks have the extremes of their blocks instead of those of the whole, which nothing read. Chunks that were merged
before have none, and are read point by point."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"

OF_THE_WHOLE: dict[str, Any] = {
    "first_value": sa.Float(53),
    "last_value": sa.Float(53),
    "minimum_step": sa.BigInteger(),
    "minimum": sa.Float(53),
    "maximum_step": sa.BigInteger(),
    "maximum": sa.Float(53),
}


def upgrade() -> None:
    op.add_column("metrics", sa.Column("extremes", postgresql.BYTEA(), nullable=True))
    # In the row itself, whatever else has to leave it: one look at the table finds those of a whole series. Two rows
    # have a page, in which 64 blocks of 50 bytes have room.
    op.execute("ALTER TABLE metrics ALTER COLUMN extremes SET STORAGE MAIN")
    op.execute("ALTER TABLE metrics SET (toast_tuple_target = 4080)")
    for column in OF_THE_WHOLE:
        op.drop_column("metrics", column)


def downgrade() -> None:
    """What came before cannot read chunks that were merged since."""
    # The policies would hide the rows from this migration too.
    op.execute("ALTER TABLE metrics NO FORCE ROW LEVEL SECURITY")
    op.execute("""
DO $$ BEGIN
  IF EXISTS (SELECT FROM metrics WHERE extremes IS NOT NULL) THEN
    RAISE EXCEPTION 'chunks have been merged: restore a backup from before the upgrade instead';
  END IF;
END $$""")
    op.execute("ALTER TABLE metrics FORCE ROW LEVEL SECURITY")
    for column, kind in OF_THE_WHOLE.items():
        op.add_column("metrics", sa.Column(column, kind, nullable=True))
    op.drop_column("metrics", "extremes")
    op.execute("ALTER TABLE metrics RESET (toast_tuple_target)")
