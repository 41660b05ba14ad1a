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
    session, repeated = _of_host(SESSION_COOKIE, secure=secure), _of_host(CSRF_COOKIE, secure=secure)
    response.set_cookie(session, token, expires=expires_at, httponly=True, samesite="strict", secure=secure)
    csrf = csrf or secrets.token_urlsafe(32)
    response.set_cookie(repeated, csrf, expires=expires_at, httponly=False, samesite="strict", secure=secure)


def clear(response: Response, *, secure: bool) -> None:
    for name in (SESSION_COOKIE, CSRF_COOKIE):
        response.delete_cookie(_of_host(name, secure=secure), secure=secure)


def remember_sign_in(response: Response, state: str, lifetime: timedelta, *, secure: bool) -> None:
    """Lax: it must come along when a provider, which is another site, sends the browser back."""
    age, name = int(lifetime.total_seconds()), _of_path(SIGN_IN_COOKIE, secure=secure)
    response.set_cookie(name, state, max_age=age, path=SIGN_IN_PATH, httponly=True, samesite="lax", secure=secure)


def forget_sign_in(response: Response, *, secure: bool) -> None:
    response.delete_cookie(_of_path(SIGN_IN_COOKIE, secure=secure), path=SIGN_IN_PATH, secure=secure)


def sign_in_state(request: Request) -> str:
    """Of the sign-in that this browser has begun; empty where it has begun none."""
    return request.cookies.get(_of_path(SIGN_IN_COOKIE, secure=_is_secure(request)), "")


def csrf_token(request: Request) -> str | None:
    return request.cookies.get(_of_host(CSRF_COOKIE, secure=_is_secure(request)))


def is_browser(request: Request) -> bool:
    """Whether the request's credential is its cookie."""
    name = _of_host(SESSION_COOKIE, secure=_is_secure(request))
    return name in request.cookies and "authorization" not in request.headers


def session_token(request: Request) -> str | None:
    """The cookie's token; raises `Forbidden` where a request that changes something lacks the header."""
    token = request.cookies.get(_of_host(SESSION_COOKIE, secure=_is_secure(request)))
    if token is None or request.method in SAFE_METHODS:
        return token
    sent, expected = request.headers.get(CSRF_HEADER, ""), csrf_token(request) or ""
    if not expected or not hmac.compare_digest(sent.encode(), expected.encode()):
        raise Forbidden(
            f"the header {CSRF_HEADER} does not repeat the cookie {CSRF_COOKIE}: reload the page", code="csrf"
        )
    return token


def _of_host(name: str, *, secure: bool) -> str:
    """Behind https browsers let no other host of the domain, and nothing over http, set it (RFC 6265bis)."""
    return f"__Host-{name}" if secure else name


def _of_path(name: str, *, secure: bool) -> str:
    """As `_of_host`, where it is not for all paths."""
    return f"__Secure-{name}" if secure else name


def _is_secure(request: Request) -> bool:
    secure: bool = request.app.state.platform.settings.is_secure
    return secure
