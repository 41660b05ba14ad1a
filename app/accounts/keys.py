"""API keys, of people and of service accounts: what they are for, how long they hold, and their end."""

from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.repository import VALID, ApiKeyRepository
from app.accounts.schemas import ApiKeyCreate
from app.activity import service as activity
from app.activity.actor import Subject
from app.auth import service as auth
from app.auth.credentials import KEY_PREFIX, SHOWN, TOPIC
from app.auth.permissions import Action
from app.auth.principal import Principal, PrincipalKind
from app.bounds import Listed, check_room
from app.errors import Forbidden, Invalid, NotFound
from app.kit.clock import now
from app.kit.crypto import keyed_hash, new_token
from app.kit.notify import notify
from app.kit.pagination import PageRequest, Rows, page
from app.projects import service as projects
from app.tables import ApiKey, Membership, ServiceAccount


async def create(
    session: AsyncSession,
    *,
    pepper: bytes,
    principal: Principal,
    body: ApiKeyCreate,
    account: ServiceAccount | None = None,
) -> tuple[ApiKey, str]:
    """The row, and the key itself, which is stored nowhere. Without `account` it is the principal's own."""
    project = await projects.get(session, principal=principal, ref=body.project, action=Action.KEYS)
    if account is None and principal.user_id is None:
        raise Forbidden("a service account's keys are made by an owner or admin, for the account")
    if account is not None and account.org_id != project.org_id:
        raise NotFound("project", body.project)
    if body.expires_at and body.expires_at <= now():
        raise Invalid("expires_at lies in the past", field="expires_at")
    if principal.scopes or _outlives(body, principal):
        raise Forbidden(
            "a key may not make one that may do more, or for longer, than itself", code="insufficient_scope"
        )
    repository = ApiKeyRepository(session)
    owner = ApiKey.service_account_id == account.id if account else ApiKey.user_id == principal.user_id
    await check_room(repository, Listed.KEYS, owner, ApiKey.org_id == project.org_id, ApiKey.revoked_at.is_(None))
    token = new_token(KEY_PREFIX)
    key = ApiKey(
        org_id=project.org_id,
        user_id=None if account else principal.user_id,
        service_account_id=account.id if account else None,
        project_id=project.id,
        name=body.name,
        prefix=token[: len(KEY_PREFIX) + SHOWN],
        key_hash=keyed_hash(pepper, token),
        scopes=sorted(set(body.scopes)),
        expires_at=body.expires_at,
    )
    await repository.add(key)
    await _record(session, principal, key, "api_key.created", (None, "valid"))
    return key, token


async def mine(session: AsyncSession, *, principal: Principal, request: PageRequest, valid: bool) -> Rows[ApiKey]:
    owner = ApiKey.service_account_id if principal.user_id is None else ApiKey.user_id
    return await listed(session, owner == principal.actor_id, request=request, valid=valid)


async def listed(
    session: AsyncSession, owned: ColumnElement[bool], *, request: PageRequest, valid: bool
) -> Rows[ApiKey]:
    """With `valid`, neither revoked ones nor those that have expired."""
    return page(await ApiKeyRepository(session).page(request, owned, *(VALID if valid else ())), request)


async def revoke(session: AsyncSession, *, principal: Principal, key_id: UUID, account_id: UUID | None = None) -> None:
    """One of the principal's own, or of the service account."""
    auth.require_scope(principal, Action.KEYS)
    owner = account_id or principal.actor_id
    keys = ApiKeyRepository(session)
    key = await keys.get(key_id)
    if key is None or owner not in {key.user_id, key.service_account_id} or not await keys.revoke(key_id, now()):
        raise NotFound("API key", key_id)
    await _record(session, principal, key, "api_key.revoked", ("valid", "revoked"))
    await notify(session, TOPIC, key=key_id)


async def revoke_of_member(session: AsyncSession, membership: Membership) -> None:
    """Also where the person is invited again, none of these works."""
    await ApiKeyRepository(session).revoke_all(ApiKey.org_id == membership.org_id, ApiKey.user_id == membership.user_id)


async def revoke_of_person(session: AsyncSession, *, user_id: UUID) -> None:
    """In every organization that the transaction sees."""
    await ApiKeyRepository(session).revoke_all(ApiKey.user_id == user_id)


def _outlives(body: ApiKeyCreate, principal: Principal) -> bool:
    """Of a session it does not matter: a person signs in again."""
    if principal.expires_at is None or principal.kind is not PrincipalKind.API_KEY:
        return False
    return body.expires_at is None or body.expires_at > principal.expires_at


async def _record(
    session: AsyncSession, principal: Principal, key: ApiKey, action: str, state: tuple[str | None, str]
) -> None:
    await activity.record(
        session,
        principal.actor,
        action,
        Subject("api_key", key.id, key.org_id, key.project_id),
        {"name": key.name, "prefix": key.prefix, "scopes": key.scopes, "before": state[0], "after": state[1]},
    )
