from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import keys, passwords, service, sessions
from app.accounts.passwords import Proof
from app.accounts.schemas import (
    ApiKeyCreate,
    ApiKeyCreated,
    ApiKeyRead,
    Login,
    Me,
    Registration,
    SignedIn,
    UserRead,
    UserUpdate,
    ValidAlone,
)
from app.auth import browser
from app.auth.attempts import address_of
from app.deps import (
    MayMakeKeys,
    MayManageMembers,
    MayRead,
    OpenSessionDep,
    Paging,
    PlatformDep,
    PrincipalDep,
    SessionDep,
)
from app.kit.pagination import Page
from app.orgs import service as orgs
from app.orgs.precondition import MEMBER_UNCHANGED
from app.platform import Platform
from app.projects import service as projects

router = APIRouter(tags=["accounts"])


async def hashed(request: Request, platform: PlatformDep, body: Registration) -> str:
    """Before the transaction, as `proved`: a password takes its time."""
    address = address_of(request)
    return await service.password_hash_of(platform.attempts, settings=platform.settings, body=body, address=address)


async def proved(request: Request, platform: PlatformDep, body: Login) -> Proof:
    return await passwords.prove(
        platform.database, platform.attempts, settings=platform.settings, body=body, address=address_of(request)
    )


@router.post("/auth/register", response_model=SignedIn, status_code=status.HTTP_201_CREATED)
async def register(
    password_hash: Annotated[str, Depends(hashed)],
    session: OpenSessionDep,
    platform: PlatformDep,
    response: Response,
    body: Registration,
    user_agent: str = Header(""),
) -> object:
    user = await service.register(session, body=body, password_hash=password_hash)
    return await _signed_in(session, platform, response, Proof(user.id, second_factor=False), user_agent)


@router.post("/auth/login", response_model=SignedIn)
async def login(
    proof: Annotated[Proof, Depends(proved)],
    session: OpenSessionDep,
    platform: PlatformDep,
    response: Response,
    user_agent: str = Header(""),
) -> object:
    return await _signed_in(session, platform, response, proof, user_agent)


@router.post("/auth/logout", status_code=status.HTTP_204_NO_CONTENT)
async def logout(session: SessionDep, platform: PlatformDep, principal: PrincipalDep, response: Response) -> None:
    await service.log_out(session, principal=principal)
    browser.clear(response, secure=platform.settings.is_secure)


@router.get("/auth/me", response_model=Me)
async def me(session: SessionDep, principal: PrincipalDep) -> object:
    return await _me(session, principal.user_id, principal.service_account_id) | {
        "default_project_id": principal.project_id,
        "roles": dict(principal.roles),
        "is_platform_admin": principal.is_platform_admin,
        "withheld_org_ids": list(principal.withheld),
    }


@router.patch("/auth/me", response_model=UserRead)
async def rename(session: SessionDep, principal: PrincipalDep, body: UserUpdate) -> object:
    """The name that others see. By the person, signed in: a key may not."""
    return await service.rename(session, principal=principal, name=body.name)


@router.post("/api-keys", response_model=ApiKeyCreated, status_code=status.HTTP_201_CREATED)
async def create_api_key(
    session: SessionDep, platform: PlatformDep, principal: MayMakeKeys, body: ApiKeyCreate
) -> object:
    row, key = await keys.create(session, pepper=platform.settings.key_pepper, principal=principal, body=body)
    return ApiKeyRead.model_validate(row).model_dump() | {"key": key}


@router.get("/api-keys", response_model=Page[ApiKeyRead])
async def api_keys(session: SessionDep, principal: MayRead, paging: Paging, valid: ValidAlone = False) -> object:
    return await keys.mine(session, principal=principal, request=paging, valid=valid)


@router.delete("/api-keys/{key_id}", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_api_key(session: SessionDep, principal: PrincipalDep, key_id: UUID) -> None:
    await keys.revoke(session, principal=principal, key_id=key_id)


@router.delete(
    "/orgs/{org}/members/{user_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=[Depends(MEMBER_UNCHANGED)],
)
async def remove_member(session: SessionDep, principal: MayManageMembers, org: str, user_id: UUID) -> None:
    """Their keys of the organization are revoked. Everybody may remove themselves, but the last owner."""
    await service.remove_member(session, principal=principal, org=org, user_id=user_id)


async def _signed_in(
    session: AsyncSession, platform: Platform, response: Response, proof: Proof, user_agent: str
) -> dict[str, Any]:
    token, expires_at = await sessions.open_new(
        session,
        settings=platform.settings,
        user_id=proof.user_id,
        user_agent=user_agent,
        second_factor=proof.second_factor,
    )
    browser.remember(response, token, expires_at, secure=platform.settings.is_secure)
    return await _me(session, proof.user_id) | {"token": token, "expires_at": expires_at}


async def _me(session: AsyncSession, user_id: UUID | None, account_id: UUID | None = None) -> dict[str, Any]:
    account = await service.service_account(session, account_id=account_id) if account_id else None
    return {
        "user": account or await service.user(session, user_id=user_id),
        "organizations": await orgs.mine(session),
        "projects": await projects.mine(session),
    }
