"""What a user can do wrong, as `application/problem+json` (RFC 9457) with a stable `code`."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException


class PlatformError(Exception):
    """Raised beside the decision; rendered here. `detail` says what was wrong, where, and what to do."""

    status = 500
    code = "internal"
    org_id: UUID | None = None
    """Of the thing that was refused, where who asked may know of it; not a part of the answer."""
    project_id: UUID | None = None

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

    def __init__(self, detail: str, *, code: str | None = None) -> None:
        super().__init__(detail, code=code, headers={"WWW-Authenticate": "Bearer"})


class Forbidden(PlatformError):
    status, code = 403, "forbidden"


class NotFound(PlatformError):
    """Also for whatever belongs to another organization: nobody learns that it exists."""

    status, code = 404, "not_found"

    def __init__(self, what: str, name: object) -> None:
        super().__init__(f"there is no {what} {str(name)!r} here")


def about(error: PlatformError, org_id: UUID, project_id: UUID | None = None) -> PlatformError:
    """The error, with what it refuses."""
    error.org_id, error.project_id = org_id, project_id
    return error


class Conflict(PlatformError):
    status, code = 409, "conflict"


class TooSlow(PlatformError):
    """The client took too long to send its request."""

    status, code = 408, "too_slow"


class TooLarge(PlatformError):
    status, code = 413, "too_large"


class TooMany(PlatformError):
    """Of requests or tokens in a time; `Retry-After` says when there will be more."""

    status, code = 429, "too_many_requests"


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


_MEANINGS = {
    400: "The body is not text",
    401: "No valid credential",
    403: "The role, or the key, may not do this",
    404: "Not found, or of another organization",
    409: "In conflict with what is there; `code` tells with what",
    412: "Changed since it was read (`If-Match`)",
    413: "The body is too large",
    416: "No byte of the file is in the range",
    422: "Invalid request",
    429: "Too many requests: come back after `Retry-After`",
    503: "Away for a moment: come back after `Retry-After`",
}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "content": {"application/problem+json": {}}, "description": meaning}
    for status, meaning in _MEANINGS.items()
}
PROBLEMS[429]["headers"] = {
    "Retry-After": {"description": "Seconds", "required": True, "schema": {"type": "integer", "minimum": 0}}
}
ALWAYS = (429, 503)
"""What every operation may answer."""


def install(app: FastAPI) -> None:
    app.add_exception_handler(PlatformError, _platform_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(DataError, _data_error)
    app.add_exception_handler(psycopg.DataError, _data_error)


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
    408: "Request timeout",
    409: "Conflict",
    412: "Precondition failed",
    413: "Too large",
    416: "Range not satisfiable",
    422: "Invalid request",
    429: "Too many requests",
    500: "Internal error",
    503: "Unavailable",
}


async def _platform_error(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, PlatformError):
        raise error
    request.state.refusal = error
    return problem(error.status, error.code, error.detail, headers=error.headers, **error.extra)


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    errors = field_errors(error.errors(), error.body)
    detail = "; ".join(f"{entry['field']}: {entry['message']}" for entry in errors[:5])
    request.state.refusal = Invalid(detail)
    return problem(422, "invalid", detail, errors=errors)


def field_errors(errors: Sequence[Any], body: object = None) -> list[dict[str, Any]]:
    """Pydantic's errors as `field` (dotted) and `message`, with what is allowed where it is known.

    `body` is what was sent: it tells which parts of a location are fields, and which are tags of a union.
    """
    # A dependency that reads the same body finds the same errors.
    found: list[dict[str, Any]] = []
    for error in errors:
        if (told := _field_error(error, body)) not in found:
            found.append(told)
    return found


def _field_error(error: Mapping[str, Any], body: object) -> dict[str, Any]:
    where, *parts = error["loc"]
    if error["type"] == "json_invalid":
        return {"field": "body", "message": f"this is not JSON: {error['ctx']['error']}, at character {parts[0]}"}
    location = _without_tags(parts, body) if where == "body" else [str(part) for part in parts]
    message = str(error["msg"]).removeprefix("Value error, ")
    context = error.get("ctx") or {}
    if error["type"] == "union_tag_invalid":
        message = f"{context['tag']!r} is not known; allowed: {context['expected_tags']}"
        location.append(str(context["discriminator"]).strip("'"))
    elif error["type"] == "union_tag_not_found":
        message = "is required"
        location.append(str(context["discriminator"]).strip("'"))
    elif error["type"] == "extra_forbidden":
        message = "there is no such field"
    return {"field": ".".join(location) or "body", "message": message}


def _without_tags(parts: Sequence[str | int], body: object) -> list[str]:
    """Pydantic names the chosen member of a union like a field: `lm.steps` for `{"recipe": "lm", "steps": …}`."""
    fields: list[str] = []
    for position, part in enumerate(parts):
        last = position == len(parts) - 1
        if not last and isinstance(body, dict) and part in [body.get(name) for name in _DISCRIMINATORS]:
            continue
        fields.append(str(part))
        if isinstance(body, dict):
            body = body.get(part)
        elif isinstance(body, list) and isinstance(part, int) and part < len(body):
            body = body[part]
    return fields


_DISCRIMINATORS = ("recipe", "source", "kind")


async def _data_error(request: Request, error: Exception) -> JSONResponse:
    """What is valid JSON and no value of PostgreSQL: a NUL in a text, a number beyond its type."""
    if isinstance(error, DataError):
        error = error.orig or error
    elif not isinstance(error, psycopg.DataError):
        raise error
    said = str(error).partition("\n")[0]
    return problem(422, "invalid", f"a value of the request cannot be stored: {said}", errors=[])


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    return problem(error.status_code, f"http_{error.status_code}", str(error.detail), headers=error.headers)
