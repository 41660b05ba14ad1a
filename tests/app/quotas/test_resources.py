from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from app.quotas.resources import Amount, Resource, period, reset, used


def test_used_by_whom() -> None:
    one, other, ada, bob = (uuid4() for _ in range(4))
    amounts = [
        Amount(one, ada, Resource.GPU, 1),
        Amount(one, bob, Resource.GPU, 2),
        Amount(other, ada, Resource.GPU, 4),
        Amount(other, None, Resource.GPU, 8),
        Amount(one, ada, Resource.CPU, 100),
    ]
    assert used(amounts, Resource.GPU, None, None) == 15
    assert used(amounts, Resource.GPU, one, None) == 3
    assert used(amounts, Resource.GPU, None, ada) == 5
    assert used(amounts, Resource.MEMORY, None, None) == 0


@pytest.mark.parametrize(
    ("resource", "day", "named", "ends"),
    [
        (Resource.TOKENS_PER_DAY, date(2026, 2, 28), "2026-02-28", datetime(2026, 3, 1, tzinfo=UTC)),
        (Resource.TOKENS_PER_MONTH, date(2026, 12, 31), "2026-12", datetime(2027, 1, 1, tzinfo=UTC)),
        (Resource.TOKENS_PER_MONTH, date(2026, 1, 30), "2026-01", datetime(2026, 2, 1, tzinfo=UTC)),
    ],
)
def test_periods(resource: Resource, day: date, named: str, ends: datetime) -> None:
    assert period(resource, day) == named
    assert reset(resource, day) == ends
