"""The controller reads people whole but for their passwords: also when one that was made for them runs out."""

from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.execute("GRANT SELECT (password_expires_at) ON users TO trine_controller")


def downgrade() -> None:
    op.execute("REVOKE SELECT (password_expires_at) ON users FROM trine_controller")
