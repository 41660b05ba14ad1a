"""Errors of `/v1` in the shape that OpenAI's clients understand."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from app.errors import PlatformError

TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "invalid_request_error",
}


def error_body(
    message: str, *, status: int, code: str | None = None, param: str | None = None, kind: str | None = None
) -> dict[str, Any]:
    kind = kind or TYPES.get(status, "invalid_request_error" if status < 500 else "server_error")
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def openai_error(
    status: int,
    message: str,
    *,
    code: str | None = None,
    param: str | None = None,
    kind: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """`kind` is the `type`, where the status does not tell it."""
    return JSONResponse(error_body(message, status=status, code=code, param=param, kind=kind), status, headers=headers)


def failure(status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """What nobody expected, for `request_context`."""
    return openai_error(status, detail, code=code, headers=headers)


def install(app: FastAPI) -> None:
    app.add_exception_handler(PlatformError, _platform_error)
    app.add_exception_handler(HTTPException, _http_error)


async def _platform_error(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, PlatformError):
        raise error
    request.state.refusal = error
    # OpenAI's clients know 400 for what is wrong with a request, not 422.
    status = 400 if error.status == 422 else error.status
    code = "invalid_api_key" if status == 401 else error.code
    # OpenAI's type of a 429 says what ran out: `requests` or `tokens`.
    param, kind = error.extra.get("param"), error.extra.get("limited")
    return openai_error(status, error.detail, code=code, param=param, kind=kind, headers=error.headers)


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    return openai_error(error.status_code, str(error.detail), code=f"http_{error.status_code}")
