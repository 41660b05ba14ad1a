"""Sessions of browsers: an HttpOnly cookie, and a second one that a page must repeat in a header (double submit)."""

import hmac
import secrets
from datetime import datetime, timedelta

from fastapi import Request, Response

from app.errors import Forbidden

SESSION_COOKIE = "trine_session"
CSRF_COOKIE = "trine_csrf"
CSRF_HEADER = "x-csrf-token"
SIGN_IN_COOKIE = "trine_sign_in"
SIGN_IN_PATH = "/api/v1/auth/providers"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def remember(response: Response, token: str, expires_at: datetime, *, secure: bool, csrf: str | None = None) -> None:
    """`csrf` is that of a session which goes on: a request that is on its way repeats it."""
    response.set_cookie(SESSION_COOKIE, token, expires=expires_at, httponly=True, samesite="strict", secure=secure)
    csrf = csrf or secrets.token_urlsafe(32)
    response.set_cookie(CSRF_COOKIE, csrf, expires=expires_at, httponly=False, samesite="strict", secure=secure)


def clear(response: Response) -> None:
    response.delete_cookie(SESSION_COOKIE)
    response.delete_cookie(CSRF_COOKIE)


def remember_sign_in(response: Response, state: str, lifetime: timedelta, *, secure: bool) -> None:
    """Lax: it must come along when a provider, which is another site, sends the browser back."""
    age = int(lifetime.total_seconds())
    response.set_cookie(
        SIGN_IN_COOKIE, state, max_age=age, path=SIGN_IN_PATH, httponly=True, samesite="lax", secure=secure
    )


def forget_sign_in(response: Response) -> None:
    response.delete_cookie(SIGN_IN_COOKIE, path=SIGN_IN_PATH)


def sign_in_state(request: Request) -> str:
    """Of the sign-in that this browser has begun; empty where it has begun none."""
    return request.cookies.get(SIGN_IN_COOKIE, "")


def is_browser(request: Request) -> bool:
    """Whether the request's credential is its cookie."""
    return SESSION_COOKIE in request.cookies and "authorization" not in request.headers


def session_token(request: Request) -> str | None:
    """The cookie's token; raises `Forbidden` where a request that changes something lacks the header."""
    token = request.cookies.get(SESSION_COOKIE)
    if token is None or request.method in SAFE_METHODS:
        return token
    sent, expected = request.headers.get(CSRF_HEADER, ""), request.cookies.get(CSRF_COOKIE, "")
    if not expected or not hmac.compare_digest(sent.encode(), expected.encode()):
        raise Forbidden(
            f"the header {CSRF_HEADER} does not repeat the cookie {CSRF_COOKIE}: reload the page", code="csrf"
        )
    return token
