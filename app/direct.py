"""A short way through the few operations that come thousands of times a second.

FastAPI describes such an operation as any other, and answers whatever is unusual: a key of a path that is no UUID, a
body that is not valid. What is left, a principal, keys and one body of JSON, needs none of its machinery, which takes
longer than the operation itself.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel, ValidationError
from starlette.types import Message, Receive

from app import deps

Endpoint = Callable[..., Awaitable[Response]]

_CHOSEN: set[Endpoint] = set()


class Unusual(Exception):
    """FastAPI shall answer."""


def direct(endpoint: Endpoint) -> Endpoint:
    """Of an endpoint that answers with a `Response`; it needs what the application holds, a principal, keys, a body."""
    _CHOSEN.add(endpoint)
    return endpoint


def way(endpoint: Endpoint, dependant: Dependant) -> "Way | None":
    return Way(endpoint, dependant) if endpoint in _CHOSEN else None


class Way:
    def __init__(self, endpoint: Endpoint, dependant: Dependant) -> None:
        """Raises TypeError for an endpoint that needs anything else."""
        self._endpoint = endpoint
        self._held: list[tuple[str, Callable[[Request], Awaitable[object]]]] = []
        self._principal: tuple[str, deps.May] | None = None
        for need in dependant.dependencies:
            name, call = need.name or "", need.call
            if isinstance(call, deps.May):
                self._principal = name, call
            elif call and need.request_param_name and not _asks_for_more(need):
                self._held.append((name, call))
            else:
                raise TypeError(f"{endpoint.__name__} cannot be direct: it needs {call}")
        if self._principal is None:
            raise TypeError(f"{endpoint.__name__} cannot be direct: it names no action")
        bodies = [(field.name, field.field_info.annotation) for field in dependant.body_params]
        others = [*dependant.query_params, *dependant.header_params, *dependant.cookie_params, *bodies[1:]]
        keys = [field.name for field in dependant.path_params if field.field_info.annotation is UUID]
        if others or len(keys) != len(dependant.path_params) or not all(_is_model(kind) for _, kind in bodies):
            raise TypeError(f"{endpoint.__name__} cannot be direct: it needs more than keys of its path and one body")
        self._keys = keys
        self._body: tuple[str, type[BaseModel]] | None = bodies[0] if bodies else None  # type: ignore[assignment]

    async def __call__(self, request: Request) -> Response:
        """Raises `Unusual`."""
        reporter = await deps.reporter(request, await deps.platform(request))
        name, may = self._principal  # type: ignore[misc]
        principal = await may(reporter if isinstance(may, deps.JobMay) else await deps.principal(reporter))
        given: dict[str, object] = {name: principal}
        for held, get in self._held:
            given[held] = await get(request)
        for key in self._keys:
            given[key] = _uuid(request.path_params[key])
        if self._body:
            field, model = self._body
            if request.headers.get("content-type", "").partition(";")[0] != "application/json":
                raise Unusual
            try:
                given[field] = model.model_validate_json(await request.body())
            except ValidationError:
                raise Unusual from None
        return await self._endpoint(**given)


def again(request: Request) -> Receive:
    """What was received, for who reads it after `Way`."""
    body: bytes | None = getattr(request, "_body", None)
    if body is None:
        return request.receive
    told = False

    async def receive() -> Message:
        nonlocal told
        if told:
            return await request.receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _asks_for_more(need: Dependant) -> bool:
    return bool(
        need.dependencies
        or need.path_params
        or need.query_params
        or need.header_params
        or need.cookie_params
        or need.body_params
    )


def _is_model(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _uuid(text: str) -> UUID:
    """Of the usual form."""
    if len(text) != 36 or not text[8] == text[13] == text[18] == text[23] == "-":
        raise Unusual
    try:
        return UUID(text)
    except ValueError:
        raise Unusual from None
