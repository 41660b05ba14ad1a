"""Alembic's entry: runs the versions as `trine_owner`, whoever connects."""

from alembic import context
from sqlalchemy import create_engine, text

import app.tables  # noqa: F401  (registers the tables)
from app.kit.db import sqlalchemy_url
from app.kit.orm import Base
from app.migrations.partitions import is_declared


def run() -> None:
    url = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True)["url"]
    engine = create_engine(sqlalchemy_url(url))
    with engine.connect() as connection:
        connection.execute(text("SET ROLE trine_owner"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
            include_name=is_declared,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
