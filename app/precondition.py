"""`ETag` and `If-Match`: who changes a thing says which version of it was read, so that no change is lost unseen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Protocol
from uuid import UUID

from fastapi import Header, Request, Response
from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession

from app.deps import ReportingSessionDep, SessionDep
from app.errors import PlatformError
from app.kit.repository import Repository


class Changed(PlatformError):
    status, code = 412, "changed"


class Versioned(Protocol):
    @property
    def id(self) -> Any: ...
    @property
    def updated_at(self) -> Any: ...


IfMatch = Annotated[
    str | None,
    Header(
        max_length=1000,
        description="`ETag` of what was read. 412 where it has been changed since, and nothing is done.",
    ),
]


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Dependency of a route that changes a row of `repository`, whose key is the parameter `name` of the path.

    Where `If-Match` is sent the row is locked until the transaction ends, so of two with the same tag one is refused.
    """

    repository: type[Repository[Any]]
    name: str

    async def __call__(self, request: Request, session: SessionDep, if_match: IfMatch = None) -> None:
        if if_match is not None:
            await _compare(self.repository(session), request.path_params[self.name], if_match)


class JobUnchanged(Unchanged):
    """As `Unchanged`, of a route that takes the token of a job too."""

    async def __call__(self, request: Request, session: ReportingSessionDep, if_match: IfMatch = None) -> None:
        await super().__call__(request, session, if_match)


async def tagged(session: AsyncSession, response: Response, row: Versioned) -> object:
    """`row`, and its `ETag` in the answer."""
    if "updated_at" in inspect(row).expired_attributes:
        # The database has just set it.
        await session.refresh(row, ["updated_at"])
    response.headers["ETag"] = etag(row)
    return row


def etag(row: Versioned) -> str:
    """Strong: another for every change of the row."""
    changed: datetime = row.updated_at
    return f'"{UUID(str(row.id)).hex[-12:]}-{int(changed.timestamp() * 1_000_000):x}"'


async def _compare(repository: Repository[Any], key: str, if_match: str) -> None:
    row = await repository.locked(UUID(key)) if _is_uuid(key) else None
    # What is not there, or not for this principal, is told by the route itself.
    if row is None or if_match.strip() == "*":
        return
    current = etag(row)
    if current not in {each.strip() for each in if_match.split(",")}:
        raise Changed(
            "it has been changed since it was read: read it again, and repeat the change on that",
            headers={"ETag": current},
        )


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
