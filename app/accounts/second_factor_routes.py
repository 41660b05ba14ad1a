"""One's own second factor, and new passwords by a link."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request, status

from app.accounts import passwords, second_factor
from app.accounts.schemas import (
    PasswordResetUse,
    RecoveryCodes,
    SecondFactorCreate,
    SecondFactorOffered,
    SecondFactorProof,
    SecondFactorRead,
)
from app.auth.attempts import address_of
from app.deps import MayManageMembers, OpenSessionDep, PlatformDep, PrincipalDep, SessionDep
from app.kit.crypto import hash_password
from app.orgs.schemas import OrganizationRead, SecondFactorRule

router = APIRouter(tags=["accounts"])


async def counted(request: Request, platform: PlatformDep, principal: PrincipalDep) -> None:
    """A code is guessed no faster than a password."""
    await passwords.admit(platform.database, platform.attempts, principal=principal, address=address_of(request))


async def hashed(request: Request, platform: PlatformDep, body: PasswordResetUse) -> str:
    """Before the transaction: a password takes its time."""
    await platform.attempts.admit_address(address_of(request))
    return await asyncio.to_thread(hash_password, body.new_password)


@router.get("/auth/second-factor", response_model=SecondFactorRead)
async def read(session: SessionDep, principal: PrincipalDep) -> object:
    return await second_factor.read(session, principal=principal)


@router.post("/auth/second-factor", response_model=SecondFactorOffered, status_code=status.HTTP_201_CREATED)
async def offer(
    request: Request, session: SessionDep, platform: PlatformDep, principal: PrincipalDep, body: SecondFactorCreate
) -> object:
    """A secret for a device that shows one-time passwords; asked for once `:confirm` was given the first of them."""
    return await passwords.offer_second_factor(
        session,
        platform.attempts,
        peppers=platform.settings.key_peppers,
        principal=principal,
        body=body,
        address=address_of(request),
    )


@router.post("/auth/second-factor:confirm", response_model=RecoveryCodes, dependencies=[Depends(counted)])
async def confirm(
    session: SessionDep, platform: PlatformDep, principal: PrincipalDep, body: SecondFactorProof
) -> object:
    codes = await second_factor.confirm(
        session, peppers=platform.settings.key_peppers, principal=principal, code=body.code
    )
    return {"codes": codes}


@router.post("/auth/second-factor:verify", status_code=status.HTTP_204_NO_CONTENT, dependencies=[Depends(counted)])
async def verify(session: SessionDep, platform: PlatformDep, principal: PrincipalDep, body: SecondFactorProof) -> None:
    """The session has proven it from then on, and has the organizations that ask for it."""
    await second_factor.verify(session, peppers=platform.settings.key_peppers, principal=principal, code=body.code)


@router.post("/auth/second-factor:remove", status_code=status.HTTP_204_NO_CONTENT, dependencies=[Depends(counted)])
async def remove(session: SessionDep, platform: PlatformDep, principal: PrincipalDep, body: SecondFactorProof) -> None:
    await second_factor.remove(session, peppers=platform.settings.key_peppers, principal=principal, code=body.code)


@router.put("/orgs/{org}/second-factor", response_model=OrganizationRead)
async def require_of_members(
    session: SessionDep, principal: MayManageMembers, org: str, body: SecondFactorRule
) -> object:
    """Whether the organization is only in reach of sessions that have proven one. By who has proven theirs."""
    return await second_factor.require_of_members(session, principal=principal, org=org, required=body.required)


@router.post("/auth/password:reset", status_code=status.HTTP_204_NO_CONTENT)
async def reset(
    password_hash: Annotated[str, Depends(hashed)],
    session: OpenSessionDep,
    platform: PlatformDep,
    body: PasswordResetUse,
) -> None:
    """By the token of a link that the administrator of the platform issued; ends every session of the person."""
    await passwords.reset(
        session,
        peppers=platform.settings.key_peppers,
        token=body.token,
        password=body.new_password,
        password_hash=password_hash,
    )
