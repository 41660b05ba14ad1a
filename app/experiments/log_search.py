"""Lines of logs by what they say, newest first.

The index tells which entries have all the words; each line of those is then looked at by itself. A page reads no more
than so many characters: where the words are common and no line has them all, it may be short, and has a cursor.
"""

import re
from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.principal import Principal
from app.errors import Invalid
from app.experiments import service
from app.experiments.log_query import parsed, tsquery
from app.experiments.log_search_repository import END_OF_TIME, LogSearchRepository, Place
from app.experiments.log_search_schemas import LogHit
from app.kit.pagination import Page
from app.projects import service as projects

READ_CHARACTERS = 4 * 1024**2
"""Of entries, for one page; a little more where the last is long."""
TOGETHER_CHARACTERS = 512 * 1024
"""Of entries whose lines are looked at in one statement."""
ENTRIES_AT_ONCE = 200

_CURSOR = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(\d{1,9})")


async def of_run(
    session: AsyncSession, *, principal: Principal, run_id: UUID, query: str, limit: int, cursor: str | None
) -> Page[LogHit]:
    run = await service.get(session, principal=principal, run_id=run_id)
    search = LogSearch(session, project_id=run.project_id, run_id=run.id, query=query)
    return await search.page(limit, cursor)


async def of_project(
    session: AsyncSession, *, principal: Principal, project: str, query: str, limit: int, cursor: str | None
) -> Page[LogHit]:
    """Of all its runs that are not deleted."""
    parent = await projects.get(session, principal=principal, ref=project)
    search = LogSearch(session, project_id=parent.id, run_id=None, query=query)
    return await search.page(limit, cursor)


class LogSearch:
    """For a reader whose right to the project has been checked."""

    def __init__(self, session: AsyncSession, *, project_id: UUID, run_id: UUID | None, query: str) -> None:
        self._repository = LogSearchRepository(session)
        self._project_id = project_id
        self._run_id = run_id
        self._query = query

    async def page(self, limit: int, cursor: str | None) -> Page[LogHit]:
        """Raises `Invalid` for a query without a word, and a cursor that no page gave."""
        before = _place(cursor) if cursor else None
        wanted = await self._wanted()
        found: list[LogHit] = []
        budget = READ_CHARACTERS
        while True:
            entries = await self._entries(wanted, before)
            for group in _groups(entries):
                log_ids = [entry.log_id for entry in group]
                lines = await self._repository.lines(
                    wanted, log_ids=log_ids, before=before, most=limit + 1 - len(found)
                )
                found += [LogHit.model_validate(line) for line in lines]
                if len(found) > limit:
                    return Page(
                        items=found[:limit], next_cursor=_cursor(found[limit - 1].log_id, found[limit - 1].line)
                    )
                before = Place(log_ids[-1], 0)
                budget -= sum(entry.characters for entry in group)
                if budget <= 0:
                    return Page(items=found, next_cursor=_cursor(*before))
            if len(entries) < ENTRIES_AT_ONCE:
                return Page(items=found, next_cursor=None)

    async def _wanted(self) -> str:
        alternatives = parsed(self._query)
        texts = {term.text for terms in alternatives for term in terms}
        wanted = tsquery(alternatives, await self._repository.words(sorted(texts)))
        if wanted is None:
            raise Invalid(
                f"{self._query!r} asks for no word: each alternative needs a word or a number that the line has, "
                "besides what it must not have",
                field="query",
            )
        return wanted

    async def _entries(self, wanted: str, before: Place | None) -> Sequence[Row[UUID, int]]:
        return await self._repository.entries(
            wanted,
            project_id=self._project_id,
            run_id=self._run_id,
            newest=END_OF_TIME if before is None else before.log_id,
            most=ENTRIES_AT_ONCE,
        )


def _groups(entries: Sequence[Row[UUID, int]]) -> Iterator[list[Row[UUID, int]]]:
    group: list[Row[UUID, int]] = []
    characters = 0
    for entry in entries:
        group.append(entry)
        characters += entry.characters
        if characters >= TOGETHER_CHARACTERS:
            yield group
            group, characters = [], 0
    if group:
        yield group


def _place(cursor: str) -> Place:
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise Invalid("this cursor was not given by a search: leave it out for the first page", field="cursor")
    return Place(UUID(found[1]), int(found[2]))


def _cursor(log_id: UUID, line: int) -> str:
    return f"{log_id}.{line}"
