"""Pages as MLflow asks for them: so many rows, after a token that is a place in the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from app.errors import Invalid
from app.mlflow.records import Record

T = TypeVar("T")

MOST_ROWS = 1000
"""Of one page; clients read on where there is a token."""
FARTHEST = 10_000_000


@dataclass(frozen=True, slots=True)
class Slice:
    limit: int
    offset: int

    @classmethod
    def of(cls, limit: int, token: str | None, *, most: int = MOST_ROWS) -> Self:
        """Raises `Invalid` for a token that is none of ours."""
        if token and not (token.isascii() and token.isdigit() and int(token[:9]) <= FARTHEST and len(token) < 9):
            raise Invalid("this page_token is none that was given out: begin without one", field="page_token")
        return cls(min(limit, most), int(token or 0))

    def cut(self, rows: Sequence[T]) -> tuple[list[T], Record]:
        """Of `limit + 1` rows those that are shown, and the field that tells where it goes on."""
        more: dict[str, Any] = {"next_page_token": str(self.offset + self.limit)} if len(rows) > self.limit else {}
        return list(rows[: self.limit]), more
