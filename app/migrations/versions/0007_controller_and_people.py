"""The controller knows people by name and address; it reads no password and changes nobody."""

from alembic import op

revision = "0007"
down_revision = "0006"

KNOWN = "id, email, name, is_platform_admin, created_at, updated_at, deleted_at"
"""All columns of `users` but `password_hash`. A column added later is granted by its own migration, or stays hidden."""


def upgrade() -> None:
    op.execute("REVOKE ALL ON users FROM trine_controller")
    op.execute(f"GRANT SELECT ({KNOWN}) ON users TO trine_controller")


def downgrade() -> None:
    op.execute(f"REVOKE SELECT ({KNOWN}) ON users FROM trine_controller")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON users TO trine_controller")
