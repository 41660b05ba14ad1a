"""Spans of time that something is drawn over: of whatever length, they are read in a few hundred steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Query
from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, SQLColumnExpression, func

from app.errors import Invalid
from app.kit.clock import now

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STEPS = (10, 60, 300, 900, 3600, 6 * 3600, 24 * 3600)
"""Seconds."""
MOST = 400
"""Steps of one answer."""
USUAL = timedelta(hours=1)

Since = Annotated[AwareDatetime | None, Query(description="Default: an hour before `until`.")]
Until = Annotated[AwareDatetime | None, Query(description="Default: now.")]


@dataclass(frozen=True, slots=True)
class Kept:
    """How long what was sampled every so many seconds is kept."""

    seconds: int
    kept: timedelta


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request names."""

    since: datetime | None = None
    until: datetime | None = None


async def asked(since: Since = None, until: Until = None) -> Asked:
    return Asked(since, until)


AskedSpan = Annotated[Asked, Depends(asked)]


@dataclass(frozen=True, slots=True)
class Span:
    since: datetime
    """The beginning of the first step."""
    until: datetime
    """The end of the last step, which is over."""
    step: int
    """Seconds."""

    def step_of(self, moment: SQLColumnExpression[datetime]) -> ColumnElement[datetime]:
        """The beginning of the step that the moment lies in. Steps are counted from the epoch, so days are UTC's."""
        return func.date_bin(timedelta(seconds=self.step), moment, EPOCH)


def span(named: Asked, levels: Sequence[Kept], *, delay: timedelta = timedelta(0)) -> Span:
    """`levels` from fine to coarse; what happened less than `delay` ago is not written yet. Raises `Invalid`."""
    latest = now() - delay
    until = min(named.until or latest, latest)
    since = named.since or until - USUAL
    longest = levels[-1].kept
    if not timedelta(0) < until - since <= longest:
        raise Invalid(f"since is before until, and at most {longest.days} days before it", field="since")
    finest = next((each.seconds for each in levels if since >= latest - each.kept), levels[-1].seconds)
    fits = (each for each in STEPS if each >= finest and (until - since).total_seconds() <= each * MOST)
    step = timedelta(seconds=next(fits, STEPS[-1]))
    end = until - (until - EPOCH) % step
    return Span(end - step * -((since - until) // step), end, int(step.total_seconds()))
