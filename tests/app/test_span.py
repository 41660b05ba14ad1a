from datetime import UTC, datetime, timedelta

import pytest

from app.errors import Invalid
from app.kit.clock import now
from app.span import EPOCH, MOST, Asked, Kept, span

LEVELS = (Kept(60, timedelta(days=2)), Kept(3600, timedelta(days=400)))


@pytest.mark.parametrize(
    ("length", "step"),
    [
        (timedelta(minutes=10), 60),
        (timedelta(hours=6), 60),
        (timedelta(hours=7), 300),
        (timedelta(days=1), 300),
        (timedelta(days=3), 3600),
        (timedelta(days=30), 6 * 3600),
        (timedelta(days=400), 24 * 3600),
    ],
)
def test_a_span_has_steps_that_fit(length: timedelta, step: int) -> None:
    until = now()
    found = span(Asked(until - length, until), LEVELS)
    assert found.step == step
    assert (found.until - EPOCH) % timedelta(seconds=step) == timedelta(0)
    assert until - timedelta(seconds=step) < found.until <= until
    steps = (found.until - found.since) / timedelta(seconds=step)
    assert steps == -(-length // timedelta(seconds=step)) <= MOST


def test_what_is_kept_by_the_hour_is_read_by_the_hour() -> None:
    until = datetime.now(UTC) - timedelta(days=10)
    assert span(Asked(until - timedelta(hours=2), until), LEVELS).step == 3600


def test_what_is_not_written_yet_is_left_out() -> None:
    found = span(Asked(), LEVELS, delay=timedelta(minutes=5))
    assert found.until <= now() - timedelta(minutes=5)
    assert found.until - found.since == timedelta(hours=1)


@pytest.mark.parametrize("length", [timedelta(0), timedelta(seconds=-1), timedelta(days=401)])
def test_spans_that_are_none(length: timedelta) -> None:
    until = now()
    with pytest.raises(Invalid, match="at most 400 days"):
        span(Asked(until - length, until), LEVELS)
