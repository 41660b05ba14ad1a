from uuid import UUID

from fastapi import APIRouter, status

from app.accounts import service_accounts
from app.accounts.schemas import (
    ApiKeyCreate,
    ApiKeyCreated,
    ApiKeyRead,
    ServiceAccountCreate,
    ServiceAccountRead,
    ValidAlone,
)
from app.deps import MayManageMembers, MayRead, Paging, PlatformDep, SessionDep
from app.kit.pagination import Page

router = APIRouter(tags=["service accounts"])


@router.post("/orgs/{org}/service-accounts", response_model=ServiceAccountRead, status_code=status.HTTP_201_CREATED)
async def create(session: SessionDep, principal: MayManageMembers, org: str, body: ServiceAccountCreate) -> object:
    return await service_accounts.create(session, principal=principal, org=org, body=body)


@router.get("/orgs/{org}/service-accounts", response_model=Page[ServiceAccountRead])
async def accounts(session: SessionDep, principal: MayRead, org: str, paging: Paging) -> object:
    return await service_accounts.accounts(session, principal=principal, org=org, request=paging)


@router.delete("/service-accounts/{account_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove(session: SessionDep, principal: MayManageMembers, account_id: UUID) -> None:
    await service_accounts.remove(session, principal=principal, account_id=account_id)


@router.post("/service-accounts/{account_id}/keys", response_model=ApiKeyCreated, status_code=status.HTTP_201_CREATED)
async def create_key(
    session: SessionDep, platform: PlatformDep, principal: MayManageMembers, account_id: UUID, body: ApiKeyCreate
) -> object:
    row, key = await service_accounts.create_key(
        session, pepper=platform.settings.key_pepper, principal=principal, account_id=account_id, body=body
    )
    return ApiKeyRead.model_validate(row).model_dump() | {"key": key}


@router.get("/service-accounts/{account_id}/keys", response_model=Page[ApiKeyRead])
async def keys(
    session: SessionDep, principal: MayManageMembers, account_id: UUID, paging: Paging, valid: ValidAlone = False
) -> object:
    return await service_accounts.keys_of(
        session, principal=principal, account_id=account_id, request=paging, valid=valid
    )


@router.delete("/service-accounts/{account_id}/keys/{key_id}", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_key(session: SessionDep, principal: MayManageMembers, account_id: UUID, key_id: UUID) -> None:
    await service_accounts.revoke_key(session, principal=principal, account_id=account_id, key_id=key_id)
