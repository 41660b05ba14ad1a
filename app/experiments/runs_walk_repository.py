"""A page of the table of runs, found by walking indexes in the order that is asked for, from where the last one ended.

The index of the first key tells the runs in its order. Where several have the same value, those are put in order by the
keys that follow: all of them where they are few, else by a walk along the next key among them. Runs without a value are
the last that have the same. So a walk looks at hardly more runs than a page shows, whatever it is sorted by.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.experiments.filter_repository import Entries, entries_of, values_of
from app.experiments.keyset import Key, beyond
from app.experiments.runs_table_query import Position, TableQuery
from app.tables import Run

WINDOW = 5000
"""Runs that a walk looks at before it gives up."""
TIES = 1000
"""Runs of the same value that are all looked at and sorted."""


@dataclass(frozen=True, slots=True)
class _Level:
    """One of the values that runs are sorted by."""

    key: Key
    entries: Entries | None
    """Of an index, by this value."""
    settles: int
    """How many of the keys that follow say nothing of a run that has this one."""


class Walk:
    def __init__(self, session: AsyncSession, runs: Select[Any], query: TableQuery) -> None:
        """`runs` are those of the project that match, each looked at by itself."""
        self._session, self._runs, self._query = session, runs, query
        self._levels = _levels(query)

    async def places(self) -> list[Position] | None:
        """At most `limit + 1`; None where these are not soon found."""
        if self._query.limit >= WINDOW:
            return None
        return await self._under((), self._query.after, self._query.limit + 1)

    async def _under(self, prefix: tuple[Any, ...], after: Position | None, limit: int) -> list[Position] | None:
        """Of runs whose first values are these."""
        at = len(prefix)
        if at == len(self._levels):
            return await self._by_age(prefix, after, limit)
        level = self._levels[at]
        if level.entries is None:
            return None
        is_last = at + 1 + level.settles == len(self._levels) and level.key.descending is self._query.newest_first
        found: list[Position] = []
        value = after.values[at] if after else None
        if after and (value is None or not is_last):
            tied = await self._tied(prefix, value, after, limit)
            if tied is None or value is None or len(tied) == limit:
                return tied
            found = tied
        window = _window(level, self._query, value, after.run_id if after and is_last else None)
        wanted = limit - len(found)
        walked = await self._along(prefix, window, wanted if is_last else wanted + 1)
        next_one, walked = walked[wanted:], walked[:wanted]
        is_full = len(walked) == wanted
        if not is_last and is_full:
            tie = walked[-1].values[at]
            if next_one and next_one[0].values[at] != tie:
                return found + await self._sorted(walked, at)
            # The last value may have more runs, which come before those that were met.
            found += await self._sorted([place for place in walked if place.values[at] != tie], at)
            tied = await self._tied(prefix, tie, None, limit - len(found))
            return None if tied is None else found + tied
        found += walked if is_last else await self._sorted(walked, at)
        if is_full:
            return found
        if not await self._has_ended(window):
            return None
        if not await self._is_missing(prefix):
            return found
        missing = await self._tied(prefix, None, None, limit - len(found))
        return None if missing is None else found + missing

    async def _tied(
        self, prefix: tuple[Any, ...], value: Any, after: Position | None, limit: int
    ) -> list[Position] | None:
        """Of runs that have this value too, or none."""
        level = self._levels[len(prefix)]
        if value is None or level.entries is None:
            return await self._under((*prefix, None), after, limit)
        further = (*prefix, value, *[None] * level.settles)
        same = select(level.entries.run_id.label("run_id")).where(*level.entries.criteria, level.entries.value == value)
        counted = select(func.count()).select_from(same.limit(TIES).subquery())
        if (await self._session.execute(counted)).scalar_one() == TIES:
            return await self._under(further, after, limit)
        few = same.cte("few").prefix_with("MATERIALIZED")
        runs = self._among(prefix).join(few, few.c.run_id == Run.id)
        keys = self._keys[len(further) :]
        if after:
            beyond_it = beyond(keys, after.values[len(further) :], _further(Run.id, after.run_id, self._query))
            runs = runs.where(beyond_it)
        order = (*(key.order for key in keys), _by_age(Run.id, self._query))
        return await self._read(runs.order_by(*order).limit(limit), further)

    async def _is_missing(self, prefix: tuple[Any, ...]) -> bool:
        """Whether there are runs without the value that follows, among those of the last value that is known."""
        entries = self._levels[len(prefix)].entries
        assert entries is not None
        among = select(Run.id.label("run_id")).where(Run.project_id == self._query.project_id)
        for level, value in zip(self._levels, prefix, strict=False):
            if level.entries is not None and value is not None:
                same = level.entries.value == value
                among = select(level.entries.run_id.label("run_id")).where(*level.entries.criteria, same)
        known = among.subquery("known")
        has_it = select(entries.run_id).where(*entries.criteria, entries.run_id == known.c.run_id).exists()
        found = select(select(known.c.run_id).where(~has_it).exists())
        return bool((await self._session.execute(found)).scalar_one())

    async def _along(self, prefix: tuple[Any, ...], window: Select[Any], limit: int) -> list[Position]:
        """In the order of the window."""
        walked = window.subquery("walked")
        descending = self._levels[len(prefix)].key.descending
        order = (column.desc() if descending else column.asc() for column in (walked.c.value, walked.c.run_id))
        runs = self._among(prefix).join(walked, walked.c.run_id == Run.id).order_by(*order).limit(limit)
        return await self._read(runs, prefix, walked.c.value)

    async def _by_age(self, prefix: tuple[Any, ...], after: Position | None, limit: int) -> list[Position] | None:
        ages = select(Run.id.label("run_id")).where(Run.project_id == self._query.project_id)
        if after:
            ages = ages.where(_further(Run.id, after.run_id, self._query))
        window = ages.order_by(_by_age(Run.id, self._query)).limit(WINDOW)
        walked = window.subquery("walked")
        runs = self._among(prefix).join(walked, walked.c.run_id == Run.id)
        found = await self._read(runs.order_by(_by_age(walked.c.run_id, self._query)).limit(limit), prefix)
        return found if len(found) == limit or await self._has_ended(window) else None

    async def _sorted(self, places: list[Position], at: int) -> list[Position]:
        """Places in the order of their value `at`, put into that of the values that follow where it is the same."""
        if all(len(list(alike)) == 1 for _, alike in groupby(places, key=lambda place: place.values[at])):
            return places
        known = {place.run_id: place for place in places}
        order = (*(key.order for key in self._keys[at:]), _by_age(Run.id, self._query))
        statement = self._runs.where(Run.id.in_(known)).with_only_columns(Run.id).order_by(*order)
        return [known[run_id] for run_id in await self._session.scalars(statement, {"now": self._query.now})]

    async def _has_ended(self, window: Select[Any]) -> bool:
        counted = select(func.count()).select_from(window.subquery())
        return (await self._session.execute(counted)).scalar_one() < WINDOW

    async def _read(self, runs: Select[Any], prefix: tuple[Any, ...], *known: Any) -> list[Position]:
        """With all values: `prefix`, what is `known` of those that follow, and what is looked up."""
        rest = [key.expression for key in self._keys[len(prefix) + len(known) :]]
        columns = [column.label(f"value_{number}") for number, column in enumerate([*known, *rest])]
        found = await self._session.execute(runs.with_only_columns(*columns, Run.id), {"now": self._query.now})
        return [Position((*prefix, *values), run_id) for *values, run_id in found]

    def _among(self, prefix: tuple[Any, ...]) -> Select[Any]:
        """Runs that have these values."""
        alike: list[ColumnElement[bool]] = []
        settled = 0
        for level, value in zip(self._levels, prefix, strict=False):
            if settled:
                settled -= 1
                continue
            alike.append(level.key.alike(value))
            settled = 0 if value is None else level.settles
        return self._runs.where(and_(True, *alike))

    @property
    def _keys(self) -> Sequence[Key]:
        return [level.key for level in self._levels]


def _levels(query: TableQuery) -> list[_Level]:
    found = []
    for sort_key in query.sort:
        values = values_of(sort_key.column)
        entries = entries_of(sort_key.column, query.project_id)
        for number, value in enumerate(values):
            of_value = entries[number] if entries else None
            found.append(_Level(Key(value, sort_key.descending), of_value, len(values) - 1 - number))
    return found


def _window(level: _Level, query: TableQuery, last: Any, last_run: UUID | None) -> Select[Any]:
    """Entries beyond a value, or from it on those beyond a run."""
    assert level.entries is not None
    value, run_id, criteria = level.entries
    if last is not None:
        here: Any = value if last_run is None else tuple_(value, run_id)
        there: Any = last if last_run is None else tuple_(last, last_run)
        criteria = (*criteria, here < there if level.key.descending else here > there)
    order = (part.desc() if level.key.descending else part.asc() for part in (value, run_id))
    told = select(value.label("value"), run_id.label("run_id"))
    return told.where(*criteria).order_by(*order).limit(WINDOW)


def _by_age(run_id: Any, query: TableQuery) -> Any:
    return run_id.desc() if query.newest_first else run_id.asc()


def _further(run_id: Any, last: UUID, query: TableQuery) -> ColumnElement[bool]:
    further: ColumnElement[bool] = run_id < last if query.newest_first else run_id > last
    return further
