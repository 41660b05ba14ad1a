"""What the controller of a platform does with telemetry in a while, done at once."""

import asyncio

import psycopg

from app.config import Settings
from app.experiments import ingest_compaction, ingest_fold
from app.kit.db import Database
from bench.site import Site

TABLES = ("metrics", "metric_latest", "metric_batches", "batch_sources")


async def settle(made: Site) -> None:
    """What waits is folded, small chunks are merged, and the tables are packed."""
    settings = Settings(secrets_dir=made.home.secrets, home=made.home.root)
    database = Database(settings.secret("database_controller_url"))
    try:
        while await ingest_fold.fold_waiting(database):
            pass
        for run_id in await ingest_compaction.unmerged_runs(database):
            await ingest_compaction.compact(database, run_id)
    finally:
        await database.close()
    await asyncio.to_thread(_pack, made.owner_url)


def _pack(owner_url: str) -> None:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        for table in TABLES:
            connection.execute(f"VACUUM FULL {table}".encode())
