"""Deleting and undeleting a thing, as every slice that has things does it."""

from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.activity.actor import Subject
from app.auth import service as auth
from app.auth.permissions import Action
from app.auth.principal import Principal
from app.deletion import service as deletion
from app.errors import Conflict, NotFound
from app.kit.filters import Filters
from app.kit.orm import Base
from app.kit.repository import Repository

R = TypeVar("R", bound=Base)


def listing(filters: Filters) -> Action:
    """What a list asks for: who sees what is deleted may undelete it."""
    return Action.WORK if filters.deleted else Action.READ


async def remove(
    session: AsyncSession,
    repository: type[Repository[R]],
    *,
    principal: Principal,
    kind: str,
    thing_id: UUID,
    action: Action = Action.WORK,
) -> R:
    """`kind` is what errors and events call it. Raises `Conflict` while something works on it, or is made of it."""
    thing = await _locked(repository(session), principal, thing_id, action)
    if thing is None:
        raise NotFound(kind, thing_id)
    subject = _subject(repository, kind, thing)
    await deletion.remove(session, thing, actor=principal.actor, subject=subject)
    return thing


async def restore(
    session: AsyncSession,
    repository: type[Repository[R]],
    *,
    principal: Principal,
    kind: str,
    thing_id: UUID,
    kept: timedelta,
    action: Action = Action.WORK,
) -> R:
    """Raises `Conflict` for what is not deleted, or can no longer be undeleted."""
    thing = await _locked(repository(session, deleted=True), principal, thing_id, action)
    if thing is None:
        there = await _locked(repository(session), principal, thing_id, action)
        if there is None:
            raise NotFound(kind, thing_id)
        raise Conflict(f"the {kind} is not deleted", code="not_deleted")
    subject = _subject(repository, kind, thing)
    await deletion.restore(session, thing, actor=principal.actor, subject=subject, kept=kept)
    await session.refresh(thing)
    return thing


async def _locked(found: Repository[R], principal: Principal, thing_id: UUID, action: Action) -> R | None:
    thing: Any = await found.locked(thing_id)
    if thing is not None:
        auth.require(principal, action, thing.org_id, getattr(thing, found.project))
    locked: R | None = thing
    return locked


def _subject(repository: type[Repository[R]], kind: str, thing: Any) -> Subject:
    return Subject(kind, thing.id, thing.org_id, getattr(thing, repository.project))
