"""The route of the API: what every operation promises, and what it says of itself in OpenAPI."""

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_dependant, get_flat_dependant
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from app import deps, direct
from app.errors import ALWAYS, PROBLEMS
from app.idempotency.claim import HEADER, KEPT, PATTERN, WRITES, Replayed, claimed
from app.precondition import JobUnchanged, Unchanged

IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": PATTERN},
    "description": "Any text that names this request. Sent again with it, the request has one effect and the same "
    f"answer, for {KEPT.total_seconds() / 3600:.0f} hours. What was refused is not remembered.",
}


class Route(APIRoute):
    """A write in a transaction has one effect for each `Idempotency-Key`; errors that can happen are declared."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        dependant = get_dependant(path=path, call=endpoint)
        needs, called = get_flat_dependant(dependant), set(_calls(dependant))
        called |= {each.dependency for each in options.get("dependencies") or ()}
        self.traffic = deps.traffic_of(called)
        writes = bool(WRITES & set(options.get("methods") or ()))
        self._way = direct.way(endpoint, dependant)
        self.is_direct = self._way is not None
        self.repeatable = writes and bool(called & {deps.session, deps.reporting_session})
        problems = {status: dict(PROBLEMS[status]) for status in _problems(needs, called, writes=writes)}
        if "HEAD" in (options.get("methods") or ()):
            # Answers without a body.
            problems = {status: {"description": each["description"]} for status, each in problems.items()}
        options["responses"] = problems | (options.get("responses") or {})
        if self.repeatable:
            options["openapi_extra"] = _with_parameter(options.get("openapi_extra") or {}, IDEMPOTENCY_KEY)
        super().__init__(path, endpoint, **options)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._way is None or scope["method"] not in self.methods:
            await super().handle(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await self._way(request)
        except direct.Unusual:
            await super().handle(scope, direct.again(request), send)
        else:
            await response(scope, receive, send)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        if not self.repeatable:
            return handle

        async def once(request: Request) -> Response:
            try:
                response = await handle(request)
            except Replayed as earlier:
                return earlier.answer.response()
            # The transaction is still open: it commits when this has returned, and before the response leaves.
            if (claim := claimed(request)) and response.status_code < 400:
                await claim.keep(response)
            return response

        return once


class Api(APIRouter):
    """Makes a `Route` of every route that it includes."""

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().add_api_route(path, endpoint, **options | {"route_class_override": Route})


def _calls(dependant: Dependant) -> Iterator[Any]:
    for each in dependant.dependencies:
        yield each.call
        yield from _calls(each)


def _problems(needs: Dependant, called: set[Any], *, writes: bool) -> Iterator[int]:
    """Statuses of the errors that the operation can answer."""
    yield from ALWAYS
    # A write without a credential checks something else of that kind: a password, a code.
    if deps.reporter in called or writes:
        yield from (401, 403)
    administered = any(isinstance(each, deps.AdministratorMay) for each in called)
    chosen = deps.one_organization in called
    if administered or chosen or needs.path_params or (writes and needs.body_params):
        yield 404
    if writes:
        yield 409
    if any(isinstance(each, Unchanged | JobUnchanged) for each in called):
        yield 412
    if needs.body_params:
        yield 400
    if writes or needs.body_params or needs.path_params or needs.query_params or needs.header_params:
        yield 422


def _with_parameter(extra: dict[str, Any], parameter: dict[str, Any]) -> dict[str, Any]:
    """Once, however often the route is included in another router."""
    others = [each for each in extra.get("parameters", []) if each["name"] != parameter["name"]]
    return extra | {"parameters": [*others, parameter]}
