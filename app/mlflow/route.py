"""The route of MLflow's API: errors have MLflow's shape, `{"error_code": …, "message": …}`."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from app.errors import PlatformError, field_errors
from app.route import Route

# A client reads the code, and of some codes the status. What it shall send again keeps its status.
_CODES = {
    400: "INVALID_PARAMETER_VALUE",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "RESOURCE_DOES_NOT_EXIST",
    409: "INVALID_STATE",
    412: "INVALID_STATE",
    413: "INVALID_PARAMETER_VALUE",
    422: "INVALID_PARAMETER_VALUE",
    429: "REQUEST_LIMIT_EXCEEDED",
    501: "NOT_IMPLEMENTED",
    503: "TEMPORARILY_UNAVAILABLE",
}
_STATUSES = {409: 400, 412: 400, 413: 400, 422: 400}
EXISTS = frozenset({"exists", "name_taken"})


class Unsupported(PlatformError):
    """A part of MLflow's API that is not here."""

    status, code = 501, "not_implemented"


class MlflowRoute(Route):
    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().handle(scope, receive, send)
        except PlatformError as error:
            # Of the direct way, which no handler of errors surrounds.
            await _refused(Request(scope, receive), error)(scope, receive, send)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handle(request)
            except PlatformError as error:
                return _refused(request, error)
            except RequestValidationError as error:
                told = field_errors(error.errors(), error.body)
                message = "; ".join(f"{entry['field']}: {entry['message']}" for entry in told[:5])
                return _answer(400, "INVALID_PARAMETER_VALUE", message)

        return answered


def _refused(request: Request, error: PlatformError) -> Response:
    request.state.refusal = error
    code = "RESOURCE_ALREADY_EXISTS" if error.code in EXISTS else _CODES.get(error.status, "INTERNAL_ERROR")
    return _answer(_STATUSES.get(error.status, error.status), code, error.detail, error.headers)


def _answer(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error_code": code, "message": message}, status, headers=headers)
