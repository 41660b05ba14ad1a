"""Jobs in another order than newest first, page after page."""

from typing import Any

import pytest

from tests.fixtures.auth import Person
from tests.fixtures.paging import pages
from tests.fixtures.scheduling import TINY, Desk

NAMES = ("delta", "alpha", "charlie", "bravo", "alpha")
STATUSES = ("running", "queued", "failed", "queued", "succeeded")
MINUTES = (3, None, 9, None, 1)


async def order(ada: Person, desk: Desk, sort: str, **query: Any) -> list[int]:
    """Indices of the jobs, in the order in which pages of two tell them."""
    path = f"/projects/{ada.project_id}/training-jobs"
    made = [await ada.post(path, TINY | {"name": name}) for name in NAMES]
    for job, status, minutes in zip(made, STATUSES, MINUTES, strict=True):
        await desk.execute(
            "UPDATE workloads SET status = :status, started_at = now() - make_interval(mins => CAST(:minutes AS int)), "
            "ended_at = CASE WHEN CAST(:ended AS boolean) THEN now() END WHERE id = :id",
            status=status,
            minutes=minutes,
            ended=status in {"failed", "succeeded"},
            id=job["workload"]["id"],
        )
    found = await pages(ada, path, sort=sort, **query)
    assert [len(page) for page in found[:-1]] == [2] * (len(found) - 1)
    keys = [job["id"] for job in made]
    return [keys.index(row["id"]) for page in found for row in page]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("-created_at", [4, 3, 2, 1, 0]),
        ("created_at", [0, 1, 2, 3, 4]),
        ("name", [1, 4, 3, 2, 0]),
        ("-name", [0, 2, 3, 4, 1]),
        ("status", [1, 3, 0, 4, 2]),
        ("-status", [2, 4, 0, 3, 1]),
        ("duration", [1, 3, 4, 0, 2]),
        ("-duration", [2, 0, 4, 3, 1]),
    ],
)
async def test_jobs_are_sorted(ada: Person, desk: Desk, sort: str, expected: list[int]) -> None:
    assert await order(ada, desk, sort) == expected


async def test_what_is_narrowed_is_sorted_too(ada: Person, desk: Desk) -> None:
    assert await order(ada, desk, "-name", name="alpha") == [4, 1]


async def test_an_order_that_is_none(ada: Person, desk: Desk) -> None:
    refused = await ada.http.get(f"/api/v1/projects/{ada.project_id}/training-jobs", params={"sort": "colour"})
    assert refused.status_code == 422
    assert "duration" in refused.json()["detail"]
