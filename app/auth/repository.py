"""The functions of the database that know people before they are signed in (migration 0002)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession


async def find_user(session: AsyncSession, email: str) -> Row[Any] | None:
    return await _first(session, "SELECT * FROM find_user(:argument)", email)


async def find_organizations(session: AsyncSession, email: str) -> Sequence[Row[Any]]:
    """`user_id, org_id` of each membership of whoever has this address."""
    statement = "SELECT u.id AS user_id, org_id FROM find_user(:email) u, organizations_of(u.id) org_id"
    return (await session.execute(text(statement), {"email": email})).all()


async def find_session(session: AsyncSession, token_hashes: Sequence[bytes]) -> Row[Any] | None:
    """That knows its token by one of these hashes: the current one, the next, or the one before while it holds."""
    statement = "SELECT * FROM match_session(:hashes) matched, find_session(matched.token_hash)"
    return (await session.execute(text(statement), {"hashes": list(token_hashes)})).one_or_none()


async def find_api_key(session: AsyncSession, prefix: str) -> Row[Any] | None:
    return await _first(session, "SELECT * FROM find_api_key(:argument)", prefix)


async def find_worker(session: AsyncSession, token_hash: bytes) -> Row[Any] | None:
    return await _first(session, "SELECT * FROM find_worker(:argument)", token_hash)


async def find_enrolment(session: AsyncSession, code_hashes: Sequence[bytes]) -> Row[Any] | None:
    return await _first_of(session, "SELECT * FROM find_enrolment(:argument)", code_hashes)


async def find_invitation(session: AsyncSession, token_hashes: Sequence[bytes]) -> Row[Any] | None:
    """Of an invitation that can still be accepted."""
    return await _first_of(session, "SELECT * FROM find_invitation(:argument)", token_hashes)


async def disabled(session: AsyncSession, user_id: UUID | None, org_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Which of them are. The transaction must see them."""
    statement = (
        "SELECT id FROM users WHERE id = :user AND disabled_at IS NOT NULL UNION ALL "
        "SELECT id FROM organizations WHERE id = ANY (:orgs) AND disabled_at IS NOT NULL"
    )
    rows = await session.scalars(text(statement), {"user": user_id, "orgs": list(org_ids)})
    return frozenset(rows)


async def demanding(session: AsyncSession, session_id: UUID, org_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Which of the organizations ask for a second factor that the session of a person has not proven."""
    statement = (
        "SELECT id FROM organizations WHERE id = ANY (:orgs) AND requires_second_factor AND NOT EXISTS "
        "(SELECT 1 FROM sessions WHERE id = :session AND second_factor_at IS NOT NULL)"
    )
    return frozenset(await session.scalars(text(statement), {"session": session_id, "orgs": list(org_ids)}))


async def find_key_owner(session: AsyncSession, prefix: str) -> Row[Any] | None:
    """`org_id, actor_id` of a key, also of one that is revoked or has expired."""
    return await _first(session, "SELECT * FROM find_key_owner(:argument)", prefix)


async def find_project_roles(session: AsyncSession, member_id: UUID, org_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """Of the projects that are private, or give the person or service account a role: `project_id, org_id, role,
    private`. The transaction must see the organizations."""
    statement = (
        "SELECT p.id AS project_id, p.org_id, m.role, p.private FROM projects p "
        "LEFT JOIN project_memberships m ON m.project_id = p.id AND :member IN (m.user_id, m.service_account_id) "
        "WHERE p.org_id = ANY (:orgs) AND (p.private OR m.id IS NOT NULL)"
    )
    return (await session.execute(text(statement), {"member": member_id, "orgs": list(org_ids)})).all()


async def note_use(session: AsyncSession, key_id: UUID) -> None:
    """When a key was last used, to the minute: not a write for each request."""
    statement = (
        "UPDATE api_keys SET last_used_at = now() "
        "WHERE id = :key AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')"
    )
    await session.execute(text(statement), {"key": key_id})


async def rehash_key(session: AsyncSession, key_id: UUID, key_hash: bytes) -> None:
    """Under the current pepper."""
    await session.execute(text("UPDATE api_keys SET key_hash = :hash WHERE id = :id"), {"hash": key_hash, "id": key_id})


async def use_next(
    session: AsyncSession,
    session_id: UUID,
    next_hash: bytes,
    token_hash: bytes,
    *,
    expires_at: datetime,
    previous_until: datetime,
) -> None:
    """The next token is the current one from now on; of requests that bring it together, the first does this."""
    statement = (
        "UPDATE sessions SET previous_hash = token_hash, previous_until = :until, token_hash = :hash, "
        "next_hash = NULL, offered_at = NULL, renewed_at = now(), expires_at = :expires "
        "WHERE id = :id AND next_hash = :next AND revoked_at IS NULL"
    )
    parameters = {"id": session_id, "next": next_hash, "hash": token_hash, "expires": expires_at}
    await session.execute(text(statement), parameters | {"until": previous_until})


async def offer_next(
    session: AsyncSession, session_id: UUID, next_hash: bytes, offered_at: datetime, *, unless_after: datetime | None
) -> datetime | None:
    """When the session ends; None where it has ended, or a token was offered after `unless_after`."""
    statement = (
        "UPDATE sessions SET next_hash = :hash, offered_at = :now "
        "WHERE id = :id AND revoked_at IS NULL AND ends_at > :now "
        "AND (offered_at IS NULL OR CAST(:after AS timestamptz) IS NULL OR offered_at < :after) RETURNING ends_at"
    )
    parameters = {"id": session_id, "hash": next_hash, "now": offered_at, "after": unless_after}
    ends_at: datetime | None = (await session.execute(text(statement), parameters)).scalar_one_or_none()
    return ends_at


async def rehash_session(session: AsyncSession, session_id: UUID, earlier: bytes, token_hash: bytes) -> None:
    statement = "UPDATE sessions SET token_hash = :hash WHERE id = :id AND token_hash = :earlier"
    await session.execute(text(statement), {"hash": token_hash, "id": session_id, "earlier": earlier})


async def rehash_worker(session: AsyncSession, workload_id: UUID, earlier: bytes, token_hash: bytes) -> None:
    """Under the current pepper, unless the token has ended meanwhile."""
    statement = "UPDATE workloads SET token_hash = :hash WHERE id = :id AND token_hash = :earlier"
    await session.execute(text(statement), {"hash": token_hash, "id": workload_id, "earlier": earlier})


async def _first_of(session: AsyncSession, query: str, arguments: Sequence[bytes]) -> Row[Any] | None:
    for argument in arguments:
        if row := await _first(session, query, argument):
            return row
    return None


async def _first(session: AsyncSession, query: str, argument: str | bytes) -> Row[Any] | None:
    return (await session.execute(text(query), {"argument": argument})).one_or_none()
