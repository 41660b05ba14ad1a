"""Headers of every answer that keep a browser from taking it for more than it is (OWASP ASVS 5.0, 3.4 and 14.3).

A route that sets one of them knows better: the web interface, stored content, files that may be kept.
"""

from collections.abc import Sequence

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import api_page
from app.config import Settings

Header = tuple[bytes, bytes]

EMBEDDED_NOWHERE = "frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
NOTHING = f"default-src 'none'; form-action 'none'; {EMBEDDED_NOWHERE}"
"""Of data, which is no page."""
API_PAGE = (
    "default-src 'none'; connect-src 'self'; img-src 'self' data:; script-src 'self'; style-src 'self'; "
    f"form-action 'self'; {EMBEDDED_NOWHERE}"
)
POLICIES = {api_page.PATH: API_PAGE, "/assets/": EMBEDDED_NOWHERE}
"""By the beginning of a path; scripts and styles of the page are under the policy of the page."""
A_YEAR = 365 * 24 * 3600


def install(app: FastAPI, settings: Settings) -> None:
    headers = [
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cache-control", b"no-store"),
    ]
    if settings.url.startswith("https://"):
        headers.append((b"strict-transport-security", f"max-age={A_YEAR}; includeSubDomains".encode()))
    app.add_middleware(BrowserPolicy, headers=headers)


class BrowserPolicy:
    def __init__(self, app: ASGIApp, headers: Sequence[Header]) -> None:
        self.app = app
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        policy = next((value for path, value in POLICIES.items() if scope["path"].startswith(path)), NOTHING)
        wanted = (*self.headers, (b"content-security-policy", policy.encode()))

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(each for each in wanted if each[0] not in given)]
            await send(message)

        await self.app(scope, receive, guarded)
