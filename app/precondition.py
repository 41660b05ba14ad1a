"""`ETag` and `If-Match`: who changes a thing says which version of it was read, so that no change is lost unseen."""

from collections.abc import Mapping
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
from app.kit.uuids import as_uuid


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
        if if_match is None:
            return
        current = await self.current(session, request.path_params)
        # What is not there, or not for this principal, is told by the route itself.
        if current is not None:
            compare(current, if_match)

    async def current(self, session: AsyncSession, parameters: Mapping[str, str]) -> str | None:
        """Tag of the row, which is locked now; None where there is none. Projects have a slug for a key too."""
        repository, key = self.repository(session), parameters[self.name]
        row_id = as_uuid(key)
        if row_id is None and hasattr(repository.table, "slug"):
            found = await repository.every(repository.table.slug == key)
            row_id = found[0].id if len(found) == 1 else None
        row = await repository.locked(row_id) if row_id else None
        return etag(row.id, row.updated_at) if row is not None else None


class JobUnchanged(Unchanged):
    """As `Unchanged`, of a route that takes the token of a job too."""

    async def __call__(self, request: Request, session: ReportingSessionDep, if_match: IfMatch = None) -> None:
        await super().__call__(request, session, if_match)


async def tagged(session: AsyncSession, response: Response, row: Versioned) -> object:
    """`row`, and its `ETag` in the answer."""
    if "updated_at" in inspect(row).expired_attributes:
        # The database has just set it.
        await session.refresh(row, ["updated_at"])
    response.headers["ETag"] = etag(row.id, row.updated_at)
    return row


def etag(row_id: UUID, changed: datetime) -> str:
    """Strong: another for every change of the row."""
    return f'"{row_id.hex[-12:]}-{int(changed.timestamp() * 1_000_000):x}"'


def compare(current: str, if_match: str) -> None:
    """`current` is the tag of what is there; raises `Changed`."""
    if if_match.strip() != "*" and current not in {each.strip() for each in if_match.split(",")}:
        raise Changed(
            "it has been changed since it was read: read it again, and repeat the change on that",
            headers={"ETag": current},
        )
