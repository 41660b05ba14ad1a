"""Deleting hides a thing and what belongs to it; until it is removed for good it can be undeleted."""

from datetime import timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.activity import service as activity
from app.activity.actor import Actor, Subject
from app.deletion import belonging_repository as belonging
from app.deletion.repository import DeletionRepository
from app.errors import Conflict
from app.kit.clock import now
from app.tables import Artifact, Dataset, ModelVersion, RegisteredModel

NAMED = 3
"""Workloads that a refusal names."""


async def remove(session: AsyncSession, thing: Any, *, actor: Actor, subject: Subject) -> None:
    """The caller holds the lock of its row. Raises `Conflict` where something still works on it, or is made of it."""
    repository = DeletionRepository(session)
    await _check_idle(repository, thing, subject)
    when = now()
    with_it = {
        part[0].__tablename__: await repository.mark(part, thing.org_id, when) for part in belonging.parts(thing)
    }
    thing.deleted_at = when
    await session.flush()
    deleted = {"name": thing.name, "before": {"name": thing.name}, "after": None}
    data = deleted | {"with": {table: count for table, count in with_it.items() if count}}
    await activity.record(session, actor, f"{subject.kind}.deleted", subject, data)


async def restore(session: AsyncSession, thing: Any, *, actor: Actor, subject: Subject, kept: timedelta) -> None:
    """As it was, with what was deleted at the same moment. `thing` is deleted, and the caller holds its row's lock.

    Raises `Conflict` where the time is over in which it is `kept`, its name is taken by another, or what it belongs to
    is deleted.
    """
    when, name = thing.deleted_at, thing.name
    if when < now() - kept:
        raise Conflict(
            f"it was deleted more than {kept.days} days ago and is being removed for good", code="retention_over"
        )
    repository = DeletionRepository(session)
    above = belonging.parent(thing)
    if above and not await repository.is_there(above):
        what = above[0].__tablename__.rstrip("s")
        raise Conflict(f"the {what} that it belongs to is deleted: undelete that first", code="parent_deleted")
    try:
        async with session.begin_nested():
            thing.deleted_at = None
            await session.flush()
            for part in belonging.parts(thing):
                await repository.unmark(part, thing.org_id, when)
            if isinstance(thing, RegisteredModel | ModelVersion):
                await repository.unmark_what_versions_are_made_of(thing)
            if isinstance(thing, Dataset):
                await repository.unmark_what_dataset_is_made_of(thing)
    except IntegrityError as error:
        raise Conflict(
            f"another {subject.kind} has the name {name!r} by now: delete or rename that first",
            code="name_taken",
        ) from error
    await activity.record(session, actor, f"{subject.kind}.undeleted", subject, {"name": name})


async def _check_idle(repository: DeletionRepository, thing: Any, subject: Subject) -> None:
    if isinstance(thing, Artifact) and (version := await repository.version_of(thing)):
        raise Conflict(
            f"version {version[1]} of the model {version[0]!r} is made of it: delete the model first", code="in_use"
        )
    if isinstance(thing, Artifact) and (version := await repository.dataset_of(thing)):
        raise Conflict(
            f"version {version[1]} of the dataset {version[0]!r} is made of it: delete the dataset first", code="in_use"
        )
    if rows := await repository.unfinished(thing, NAMED + 1):
        named = ", ".join(f"{kind} {name!r} ({status})" for kind, name, status in rows[:NAMED])
        raise Conflict(
            f"the {subject.kind} is in use by {named}{' and others' if len(rows) > NAMED else ''}: cancel or stop what "
            "has not ended, wait until it has, then delete",
            code="still_running",
        )
