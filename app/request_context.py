"""A request id for every request, in its logs and its answer; its place in the metrics; and the last resort for errors
nobody expected."""

import re
import time
from collections.abc import Mapping
from typing import Protocol

import psycopg
import psycopg_pool
import structlog
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils.compat import uuid7

from app import refusal
from app.auth import request_limits
from app.errors import problem
from app.kit.origin import Origin, coming, origin_of
from app.metrics import HTTP_REQUESTS, HTTP_SECONDS
from trine import tracing

log = structlog.get_logger(__name__)

_ACCEPTED = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Failure(Protocol):
    """Renders an error in the shape of the application's other errors."""

    def __call__(self, status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None) -> ASGIApp: ...


def install(app: FastAPI, failure: Failure = problem, *, below: str = "") -> None:
    """`below` is what the host strips from paths; the metrics name routes as they are outside."""
    app.add_middleware(RequestContext, failure=failure, below=below)


class RequestContext:
    def __init__(self, app: ASGIApp, failure: Failure = problem, below: str = "") -> None:
        self.app = app
        self.failure = failure
        self.below = below

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sent = dict(scope["headers"])
        given = sent.get(b"x-request-id", b"")
        request_id = given.decode() if _ACCEPTED.fullmatch(given) else uuid7().hex
        started, status, seconds = time.perf_counter(), 0, 0.0
        origin = _origin(scope, sent)

        async def named(message: Message) -> None:
            nonlocal status, seconds
            if message["type"] == "http.response.start":
                status, seconds = message["status"], time.perf_counter() - started
                told = request_limits.headers(scope.get("state", {}).get("admitted", ()))
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode()), *told]
            await send(message)

        parent = _parent(sent) if tracing.on() else None
        with (
            structlog.contextvars.bound_contextvars(request_id=request_id),
            coming(origin),
            tracing.span(scope["method"], {"trine.request_id": request_id}, kind="SERVER", parent=parent) as span,
        ):
            try:
                await self.app(scope, receive, named)
                refusal.note(scope, origin, request_id, below=self.below)
                log.debug("request.answered", method=scope["method"], path=scope["path"], seconds=_since(started))
            except Exception as error:
                log.exception("request.failed", method=scope["method"], path=scope["path"], seconds=_since(started))
                if status:
                    raise
                await _answer(self.failure, error, request_id)(scope, receive, named)
            finally:
                self._count(scope, status, seconds, span)

    def _count(self, scope: Scope, status: int, seconds: float, span: tracing.Span) -> None:
        route = scope.get("route")
        place = f"{self.below}{route.path}" if route else "none"
        method = scope["method"] if scope["method"] in _METHODS else "other"
        HTTP_REQUESTS.add(method, place, f"{status // 100}xx" if status else "none")
        if status:
            HTTP_SECONDS.observe(seconds, method, place)
        if tracing.on():
            span.rename(f"{method} {place}")
            span.set({"http.request.method": method, "http.route": place, "http.response.status_code": status})
            if status >= 500:
                span.fail(str(status))


def _parent(headers: Mapping[bytes, bytes]) -> dict[str, str]:
    return {name: headers.get(name.encode(), b"").decode("latin-1") for name in tracing.CARRIED}


def _origin(scope: Scope, headers: Mapping[bytes, bytes]) -> Origin:
    platform = getattr(scope["app"].state, "platform", None)
    return origin_of(
        scope["client"][0] if scope.get("client") else "unknown",
        forwarded=headers.get(b"x-forwarded-for", b"").decode("latin-1"),
        agent=headers.get(b"user-agent", b"").decode("latin-1"),
        trusted=platform.settings.trusted_proxies if platform else (),
    )


def _answer(failure: Failure, error: Exception, request_id: str) -> ASGIApp:
    if isinstance(error, OperationalError | psycopg.OperationalError | psycopg_pool.PoolTimeout):
        detail = "the database cannot be reached; try again shortly"
        return failure(503, "database_unavailable", detail, headers={"Retry-After": "2"})
    return failure(500, "internal", f"something failed inside the platform; its log has the request id {request_id}")


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 4)
