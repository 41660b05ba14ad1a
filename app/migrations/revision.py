"""Whether the database has the tables that this version of the code works on."""

import functools
from pathlib import Path

import alembic.script
import psycopg.errors
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession


async def lag(session: AsyncSession) -> str | None:
    """How far the database is behind; None where every migration that this version knows has been applied.

    A database that a newer version has migrated is not behind: while a platform is upgraded, the old replicas go on.
    """
    applied, (newest, *older) = await _applied(session), _revisions()
    if applied and applied not in older:
        return None
    return f"at {applied or 'an older one'}, this version needs {newest}: run `python -m app.migrations.prepare`"


async def _applied(session: AsyncSession) -> str | None:
    """None where the database is older than the function that tells."""
    try:
        found: str | None = (await session.execute(text("SELECT schema_revision()"))).scalar_one()
    except ProgrammingError as error:
        if isinstance(error.orig, psycopg.errors.UndefinedFunction):
            return None
        raise
    return found


@functools.cache
def _revisions() -> tuple[str, ...]:
    """Newest first."""
    directory = alembic.script.ScriptDirectory(str(Path(__file__).parent))
    return tuple(script.revision for script in directory.walk_revisions())
