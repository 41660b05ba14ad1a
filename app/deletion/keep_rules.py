"""Artifacts that a project's rules no longer keep are deleted, as a person would: they can be undeleted for a while.

Whatever the rules say, what a version of a model or of a dataset is made of is kept, and so is what a run that has not
ended wrote or reads.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.activity import service as activity
from app.activity.actor import CONTROLLER as PLATFORM
from app.activity.actor import Subject
from app.kit.db import CONTROLLER, Database

AT_ONCE = 1000
NAMED = 100
"""Artifacts that the event of one deletion names."""

_GOING = """
SELECT a.id, a.run_id, a.name, a.type, a.size, a.created_at FROM (
  SELECT artifacts.*, row_number() OVER (PARTITION BY type, name ORDER BY id DESC) AS nth
  FROM artifacts WHERE project_id = :project_id AND deleted_at IS NULL
) AS a
JOIN runs AS maker ON maker.id = a.run_id
CROSS JOIN LATERAL (
  SELECT (rule ->> 'keep_last')::int AS keep_last, (rule ->> 'keep_days')::int AS keep_days
  FROM jsonb_array_elements(CAST(:rules AS jsonb)) WITH ORDINALITY AS each(rule, place)
  WHERE rule ->> 'type' IS NULL OR rule ->> 'type' = a.type ORDER BY place LIMIT 1
) AS r
WHERE num_nonnulls(r.keep_last, r.keep_days) > 0
  AND (r.keep_last IS NULL OR a.nth > r.keep_last)
  AND (r.keep_days IS NULL OR a.created_at < now() - make_interval(days => r.keep_days))
  AND maker.status IN ('succeeded', 'failed', 'cancelled')
  AND NOT EXISTS (SELECT FROM model_versions AS v WHERE v.artifact_id = a.id AND v.deleted_at IS NULL)
  AND NOT EXISTS (SELECT FROM dataset_versions AS v JOIN datasets AS d ON d.id = v.dataset_id
                  WHERE v.artifact_id = a.id AND d.deleted_at IS NULL)
  AND NOT EXISTS (SELECT FROM run_inputs AS i JOIN runs AS reader ON reader.id = i.run_id
                  WHERE i.artifact_id = a.id AND reader.deleted_at IS NULL
                  AND reader.status NOT IN ('succeeded', 'failed', 'cancelled'))
"""
_SHOW = text(
    f"SELECT *, count(*) OVER () AS artifacts, sum(size) OVER () AS bytes FROM ({_GOING}) AS going "  # noqa: S608 -- ours
    "ORDER BY id LIMIT :at_once"
)
_DELETE = text(f"""
UPDATE artifacts SET deleted_at = now() WHERE deleted_at IS NULL
  AND id IN (SELECT id FROM ({_GOING}) AS going ORDER BY id LIMIT :at_once)
RETURNING id, name, size
""")  # noqa: S608 -- our own words
_PROJECTS = text(
    "SELECT r.project_id, r.org_id, r.rules FROM artifact_retentions AS r JOIN projects AS p ON p.id = r.project_id "
    "WHERE p.deleted_at IS NULL ORDER BY r.project_id"
)


@dataclass(frozen=True, slots=True)
class Going:
    id: UUID
    run_id: UUID
    name: str
    type: str
    size: int
    created_at: datetime


async def going(
    session: AsyncSession, *, project_id: UUID, rules: Sequence[dict[str, Any]], limit: int
) -> tuple[list[Going], int, int]:
    """What the rules would delete now, the oldest first; how many there are in all, and their bytes."""
    which = {"project_id": project_id, "rules": json.dumps(list(rules)), "at_once": limit}
    rows = (await session.execute(_SHOW, which)).all()
    found = [Going(row.id, row.run_id, row.name, row.type, row.size, row.created_at) for row in rows]
    return found, (rows[0].artifacts if rows else 0), (int(rows[0].bytes) if rows else 0)


async def sweep(database: Database) -> int:
    """Artifacts deleted."""
    async with database.session(CONTROLLER) as session:
        projects = (await session.execute(_PROJECTS)).all()
    total = 0
    for project in projects:
        deleted = AT_ONCE
        while deleted == AT_ONCE:
            deleted = await _delete(database, project.org_id, project.project_id, project.rules)
            total += deleted
    return total


async def _delete(database: Database, org_id: UUID, project_id: UUID, rules: Sequence[dict[str, Any]]) -> int:
    which = {"project_id": project_id, "rules": json.dumps(list(rules)), "at_once": AT_ONCE}
    async with database.session(CONTROLLER) as session:
        rows = (await session.execute(_DELETE, which)).all()
        if rows:
            told = [{"id": str(row.id), "name": row.name} for row in rows[:NAMED]]
            data = {"artifacts": len(rows), "bytes": sum(row.size for row in rows), "among_them": told}
            subject = Subject("project", project_id, org_id, project_id)
            await activity.record(session, PLATFORM, "artifact.expired", subject, data)
    return len(rows)
