"""Service accounts: principals of one organization that have API keys and nothing else."""

from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import keys
from app.accounts.repository import ApiKeyRepository, ServiceAccountRepository
from app.accounts.schemas import ApiKeyCreate, ServiceAccountCreate
from app.activity import service as activity
from app.activity.actor import Subject
from app.auth import service as auth
from app.auth.credentials import TOPIC
from app.auth.permissions import Action, Role
from app.auth.principal import Principal
from app.bounds import Listed, check_room
from app.errors import Conflict, NotFound
from app.kit.clock import now
from app.kit.notify import notify
from app.kit.pagination import PageRequest, Rows, page
from app.orgs import invitations, members
from app.orgs import service as orgs
from app.tables import ApiKey, ServiceAccount


async def create(
    session: AsyncSession, *, principal: Principal, org: str, body: ServiceAccountCreate
) -> ServiceAccount:
    """Raises `Forbidden` for a role above one's own, `Conflict` for a name that is taken."""
    organization = await orgs.get(session, principal=principal, ref=org)
    auth.require(principal, Action.MEMBERS, organization.id)
    members.check_rank(principal, organization.id, body.role)
    repository = ServiceAccountRepository(session)
    await check_room(repository, Listed.SERVICE_ACCOUNTS, ServiceAccount.org_id == organization.id)
    account = ServiceAccount(org_id=organization.id, name=body.name, role=body.role, created_by=principal.actor_id)
    try:
        async with session.begin_nested():
            await repository.add(account)
    except IntegrityError as error:
        raise Conflict(f"a service account {body.name!r} exists already: choose another name") from error
    await _record(session, principal, account, "service_account.created", (None, account.role))
    return account


async def accounts(
    session: AsyncSession, *, principal: Principal, org: str, request: PageRequest
) -> Rows[ServiceAccount]:
    organization = await orgs.get(session, principal=principal, ref=org)
    of_organization = ServiceAccount.org_id == organization.id
    return page(await ServiceAccountRepository(session).page(request, of_organization), request)


async def remove(session: AsyncSession, *, principal: Principal, account_id: UUID) -> None:
    """Its keys and the invitations it made work no more."""
    account = await _managed(session, principal, account_id)
    account.deleted_at = now()
    await session.flush()
    await ApiKeyRepository(session).revoke_all(ApiKey.service_account_id == account.id)
    await invitations.revoke_of(session, org_id=account.org_id, inviter_id=account.id)
    await _record(session, principal, account, "service_account.removed", (account.role, None))
    await notify(session, TOPIC, service_account=account.id)


async def create_key(
    session: AsyncSession, *, pepper: bytes, principal: Principal, account_id: UUID, body: ApiKeyCreate
) -> tuple[ApiKey, str]:
    """The row, and the key itself, which is stored nowhere."""
    account = await _managed(session, principal, account_id)
    return await keys.create(session, pepper=pepper, principal=principal, body=body, account=account)


async def keys_of(
    session: AsyncSession, *, principal: Principal, account_id: UUID, request: PageRequest, valid: bool
) -> Rows[ApiKey]:
    account = await _managed(session, principal, account_id)
    return await keys.listed(session, ApiKey.service_account_id == account.id, request=request, valid=valid)


async def revoke_key(session: AsyncSession, *, principal: Principal, account_id: UUID, key_id: UUID) -> None:
    account = await _managed(session, principal, account_id)
    await keys.revoke(session, principal=principal, key_id=key_id, account_id=account.id)


async def _managed(session: AsyncSession, principal: Principal, account_id: UUID) -> ServiceAccount:
    """Nobody touches an account that may do more than themselves."""
    account = await ServiceAccountRepository(session).get(account_id)
    if account is None:
        raise NotFound("service account", account_id)
    auth.require(principal, Action.MEMBERS, account.org_id)
    members.check_rank(principal, account.org_id, Role(account.role))
    return account


async def _record(
    session: AsyncSession,
    principal: Principal,
    account: ServiceAccount,
    action: str,
    role: tuple[str | None, str | None],
) -> None:
    await activity.record(
        session,
        principal.actor,
        action,
        Subject("service_account", account.id, account.org_id),
        {"name": account.name, "role": account.role, "before": role[0], "after": role[1]},
    )
