"""Refused requests, gathered in memory and written by and by: a flood of them is a handful of rows, and delays nobody.

The first refusal of somebody's is written at once, those that follow together, at most once in `REST` for each person,
operation and status. Nobody can make the database write more than that by asking more often.
"""

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from app.activity.actor import Actor, Subject
from app.activity.repository import EventRepository
from app.kit.db import FAILED, Database, Scope
from app.kit.notify import notify
from app.kit.origin import Origin
from app.kit.periodic import Periodic
from app.tables import Event

log = structlog.get_logger(__name__)

ACTION = "access.denied"
TOPIC = "activity"
WRITE_SECONDS = 0.5
REST = 60.0
"""Seconds between two rows of the same attempt."""
KEPT = 5
"""Of the subjects and origins of an attempt, the first are named."""
KEYS = 20
"""Keys that are looked up at a time."""
MOST = 5_000
"""Attempts that one replica tells apart at a time; what is beyond is counted in the log alone."""

FindKeyOwner = Callable[[AsyncSession, str], Awaitable[Row[Any] | None]]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was tried, by whom: everything with the same is one row."""

    org_id: UUID
    actor: Actor
    operation: str
    """Method and path as the routes write it: ids stay out of it."""
    status: int
    code: str


@dataclass(slots=True)
class Gathered:
    subject: Subject
    request_id: str | None
    """Of the first."""
    count: int = 0
    subjects: dict[str, None] = field(default_factory=dict)
    origins: dict[Origin, None] = field(default_factory=dict)


class Denials:
    def __init__(self, database: Database, find_key_owner: FindKeyOwner) -> None:
        """`find_key_owner` tells organization and owner of a key by its public part, whether or not it still works."""
        self._database = database
        self._find_key_owner = find_key_owner
        self._keys: dict[tuple[str, str], list[tuple[Origin, str | None]]] = {}
        self._gathered: dict[Attempt, Gathered] = {}
        self._resting: dict[Attempt, float] = {}
        """Until when the next row of an attempt waits."""
        self._unattributed: Counter[tuple[str, int]] = Counter()
        self._refused: Counter[tuple[str, int, Actor | None, str]] = Counter()
        self._writing = Periodic(self._write_due, lambda: WRITE_SECONDS)

    def note(self, attempt: Attempt, subject: Subject, origin: Origin, request_id: str | None) -> None:
        gathered = self._gathered.get(attempt)
        if gathered is None:
            if len(self._gathered) >= MOST:
                self.note_unattributed(attempt.operation, attempt.status)
                return
            gathered = self._gathered[attempt] = Gathered(subject, request_id)
        gathered.count += 1
        if len(gathered.subjects) < KEPT:
            gathered.subjects[str(subject.id)] = None
        if len(gathered.origins) < KEPT:
            gathered.origins[origin] = None

    def note_key(self, prefix: str, operation: str, origin: Origin, request_id: str | None) -> None:
        """A key that is not good, by the part of it that may be shown. Whose it is is looked up when it is written."""
        if (prefix, operation) not in self._keys and len(self._keys) >= KEYS:
            self.note_unattributed(operation, 401)
            return
        asked = self._keys.setdefault((prefix, operation), [])
        if len(asked) < KEPT:
            asked.append((origin, request_id))

    def note_unattributed(self, operation: str, status: int) -> None:
        """Of nobody that is known, so of no organization: counted in the log."""
        self._unattributed[operation, status] += 1

    def note_refused(self, operation: str, status: int, actor: Actor | None, address: str) -> None:
        """Input that is not valid, or too much of it: counted in the log, for it concerns nothing that is there."""
        refused = (operation, status, actor, address)
        if refused in self._refused or len(self._refused) < MOST:
            self._refused[refused] += 1

    def start(self) -> None:
        self._writing.start()

    async def stop(self) -> None:
        await self._writing.stop()
        await self._attribute()
        await self._write(list(self._gathered))

    async def _write_due(self) -> None:
        await self._attribute()
        await self._write(self._due(time.monotonic()))

    def _due(self, when: float) -> list[Attempt]:
        self._resting = {attempt: until for attempt, until in self._resting.items() if until > when}
        return [attempt for attempt in self._gathered if attempt not in self._resting]

    async def _attribute(self) -> None:
        keys, self._keys = self._keys, {}
        for (prefix, operation), asked in keys.items():
            try:
                async with self._database.session() as session:
                    owner = await self._find_key_owner(session, prefix)
            except FAILED as error:
                log.warning("access.unattributed", error=type(error).__name__)
                owner = None
            for origin, request_id in asked:
                if owner is None:
                    self.note_unattributed(operation, 401)
                    continue
                attempt = Attempt(owner.org_id, Actor("api_key", owner.actor_id), operation, 401, "unauthenticated")
                self.note(attempt, Subject("organization", owner.org_id, owner.org_id), origin, request_id)

    async def _write(self, attempts: Iterable[Attempt]) -> None:
        for (operation, status), count in self._unattributed.items():
            log.warning("access.denied", operation=operation, status=status, count=count)
        self._unattributed.clear()
        for (operation, status, actor, address), count in self._refused.items():
            who = {"actor_type": actor.kind, "actor_id": str(actor.id)} if actor else {}
            log.info("access.refused", operation=operation, status=status, count=count, address=address, **who)
        self._refused.clear()
        taken = {attempt: self._gathered.pop(attempt) for attempt in attempts}
        for org_id in {attempt.org_id for attempt in taken}:
            mine = {attempt: gathered for attempt, gathered in taken.items() if attempt.org_id == org_id}
            try:
                async with self._database.session(Scope((org_id,))) as session:
                    events = [_event(attempt, gathered) for attempt, gathered in mine.items()]
                    for event in events:
                        await EventRepository(session).add(event)
                    await notify(session, TOPIC, org=org_id, event=events[-1].id)
            except FAILED as error:
                log.warning("access.kept", error=type(error).__name__, attempts=len(mine))
                self._keep(mine)
            else:
                self._resting.update(dict.fromkeys(mine, time.monotonic() + REST))

    def _keep(self, attempts: dict[Attempt, Gathered]) -> None:
        for attempt, gathered in attempts.items():
            since = self._gathered.get(attempt)
            gathered.count += since.count if since else 0
            self._gathered[attempt] = gathered


def _event(attempt: Attempt, gathered: Gathered) -> Event:
    first = next(iter(gathered.origins))
    return Event(
        org_id=attempt.org_id,
        project_id=gathered.subject.project_id,
        actor_type=attempt.actor.kind,
        actor_id=attempt.actor.id,
        action=ACTION,
        subject_type=gathered.subject.kind,
        subject_id=gathered.subject.id,
        data={
            "operation": attempt.operation,
            "status": attempt.status,
            "code": attempt.code,
            "count": gathered.count,
            "subjects": list(gathered.subjects),
            "client": first.described(),
            "addresses": sorted({origin.address for origin in gathered.origins}),
            "request_id": gathered.request_id,
        },
    )
