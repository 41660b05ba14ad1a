"""What a user can do wrong, as `application/problem+json` (RFC 9457) with a stable `code`."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException


class PlatformError(Exception):
    """Raised beside the decision; rendered here. `detail` says what was wrong, where, and what to do."""

    status = 500
    code = "internal"

    def __init__(
        self, detail: str, *, code: str | None = None, headers: Mapping[str, str] | None = None, **extra: Any
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.headers = dict(headers or {})
        self.extra = extra


class Invalid(PlatformError):
    status, code = 422, "invalid"

    def __init__(self, detail: str, *, field: str | None = None, code: str | None = None, **extra: Any) -> None:
        errors = [{"field": field, "message": detail}] if field else []
        super().__init__(detail, code=code, errors=errors, **extra)


class Unauthenticated(PlatformError):
    status, code = 401, "unauthenticated"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class Forbidden(PlatformError):
    status, code = 403, "forbidden"


class NotFound(PlatformError):
    """Also for whatever belongs to another organization: nobody learns that it exists."""

    status, code = 404, "not_found"

    def __init__(self, what: str, name: object) -> None:
        super().__init__(f"there is no {what} {str(name)!r} here")


class Conflict(PlatformError):
    status, code = 409, "conflict"


class Unavailable(PlatformError):
    status, code = 503, "unavailable"


class Problem(BaseModel):
    """Body of every error (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    errors: list[dict[str, Any]] = []
    """One entry a field that is wrong: `field`, `message`."""


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "content": {"application/problem+json": {}}, "description": title}
    for status, title in ((401, "No valid credential"), (404, "Not found"), (422, "Invalid request"))
}


def install(app: FastAPI) -> None:
    app.add_exception_handler(PlatformError, _platform_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)


def problem(
    status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **extra: Any
) -> JSONResponse:
    title = _TITLES.get(status, "Error")
    body = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail, **extra}
    return JSONResponse(body, status, headers=dict(headers or {}), media_type="application/problem+json")


_TITLES = {
    400: "Bad request",
    401: "Unauthenticated",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    422: "Invalid request",
    429: "Too many requests",
    500: "Internal error",
    503: "Unavailable",
}


async def _platform_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, PlatformError)
    return problem(error.status, error.code, error.detail, headers=error.headers, **error.extra)


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = field_errors(error.errors())
    detail = "; ".join(f"{entry['field']}: {entry['message']}" for entry in errors[:5])
    return problem(422, "invalid", detail, errors=errors)


def field_errors(errors: Sequence[Any]) -> list[dict[str, Any]]:
    """Pydantic's errors as `field` (dotted) and `message`, with what is allowed where it is known."""
    return [_field_error(error) for error in errors]


def _field_error(error: Mapping[str, Any]) -> dict[str, Any]:
    location = [str(part) for part in error["loc"] if part not in {"body", "query", "path"}]
    message = str(error["msg"]).removeprefix("Value error, ")
    context = error.get("ctx") or {}
    if error["type"] == "union_tag_invalid":
        message = f"{context['tag']!r} is not known; allowed: {context['expected_tags']}"
        location.append(str(context["discriminator"]).strip("'"))
    elif error["type"] == "extra_forbidden":
        message = "there is no such field"
    return {"field": ".".join(location) or "body", "message": message}


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, f"http_{error.status_code}", str(error.detail), headers=error.headers)
