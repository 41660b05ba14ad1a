"""Hands a browser the next token of its session with whatever is answered: also with errors and streams."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import FastAPI, Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.auth import browser
from app.auth.principal import Principal
from app.auth.sessions import Offer
from app.kit.clock import now

_KEY = "trine.renewal"
_COOKIE = f"{browser.SESSION_COOKIE}=".encode()


@dataclass(slots=True)
class Renewal:
    """Of one request: filled by the dependency that checks credentials, read as the answer begins."""

    cookies: tuple[tuple[bytes, bytes], ...] = ()


def install(app: FastAPI) -> None:
    app.add_middleware(Renewals)


async def renew(
    request: Request, principal: Principal, next_token: Callable[[Principal], Awaitable[Offer | None]], *, secure: bool
) -> None:
    """Where the session's cookie is due: of the two only a cookie can be replaced unasked."""
    held: Renewal | None = request.scope.get(_KEY)
    if held is None or principal.renews_at is None or principal.renews_at > now() or not browser.is_browser(request):
        return
    if offered := await next_token(principal):
        answer = Response()
        csrf = browser.csrf_token(request)
        browser.remember(answer, offered.token, offered.expires_at, secure=secure, csrf=csrf)
        held.cookies = tuple(each for each in answer.raw_headers if each[0] == b"set-cookie")


class Renewals:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not any(
            name == b"cookie" and _COOKIE in value for name, value in scope["headers"]
        ):
            await self.app(scope, receive, send)
            return
        held = scope[_KEY] = Renewal()

        async def renewed(message: Message) -> None:
            if message["type"] == "http.response.start" and held.cookies and not _sets_session(message):
                message["headers"] = [*message["headers"], *held.cookies]
            await send(message)

        await self.app(scope, receive, renewed)


def _sets_session(message: Message) -> bool:
    """Signing in or out has the last word."""
    return any(name == b"set-cookie" and _COOKIE in value.partition(b";")[0] for name, value in message["headers"])
