from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response, status

from app.accounts import passwords, sessions
from app.accounts.schemas import PasswordChange, SessionRead, SessionToken
from app.auth import browser
from app.auth.attempts import address_of
from app.deps import PlatformDep, PrincipalDep, SessionDep

router = APIRouter(tags=["accounts"])

UserAgent = Annotated[str, Header()]


@router.get("/auth/sessions", response_model=list[SessionRead])
async def mine(session: SessionDep, principal: PrincipalDep) -> object:
    return [
        SessionRead.model_validate(row).model_copy(update={"is_current": row.id == principal.id})
        for row in await sessions.mine(session, principal=principal)
    ]


@router.delete("/auth/sessions/{session_id}", status_code=status.HTTP_204_NO_CONTENT)
async def revoke(session: SessionDep, principal: PrincipalDep, session_id: UUID) -> None:
    await sessions.revoke(session, principal=principal, session_id=session_id)


@router.post("/auth/sessions:revoke-others", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_others(session: SessionDep, principal: PrincipalDep) -> None:
    await sessions.revoke_others(session, principal=principal)


@router.post("/auth/sessions:renew", response_model=SessionToken)
async def renew(
    request: Request, response: Response, session: SessionDep, platform: PlatformDep, principal: PrincipalDep
) -> object:
    """The next token of a session that is used without a browser. The old one ends soon after this one is used."""
    offered = await sessions.renew(session, settings=platform.settings, principal=principal)
    if browser.is_browser(request):
        csrf = browser.csrf_token(request)
        secure = platform.settings.is_secure
        browser.remember(response, offered.token, offered.expires_at, secure=secure, csrf=csrf)
    return offered


@router.post("/auth/password", response_model=SessionToken)
async def change_password(
    request: Request,
    response: Response,
    session: SessionDep,
    platform: PlatformDep,
    principal: PrincipalDep,
    body: PasswordChange,
    user_agent: UserAgent = "",
) -> dict[str, Any]:
    """Ends every session of the user; the answer is the token of a new one."""
    address = address_of(request)
    proof = await passwords.change(session, platform.attempts, principal=principal, body=body, address=address)
    token, expires_at = await sessions.open_new(
        session,
        settings=platform.settings,
        user_id=proof.user_id,
        user_agent=user_agent,
        second_factor=proof.second_factor,
    )
    browser.remember(response, token, expires_at, secure=platform.settings.is_secure)
    return {"token": token, "expires_at": expires_at}
