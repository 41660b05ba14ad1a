"""What every resource does: ask, read pages, follow a stream, wait for an end."""

import time
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx
from pydantic import TypeAdapter

from trine.errors import ConnectionFailed, TrineError
from trine.events import Event, EventParser
from trine.records.accounts import Me
from trine.records.base import Record
from trine.records.scheduling import Workload, WorkRecord
from trine.transport import AsyncTransport

R = TypeVar("R", bound=Record)
W = TypeVar("W", bound=WorkRecord)
API = "/api/v1"
POLL = 1.0
"""Seconds between looks at something that is waited for."""


class Connection:
    """A transport and the project that calls without one are about."""

    def __init__(self, transport: AsyncTransport, project: str | None) -> None:
        self.transport = transport
        self._project = project

    async def project(self, named: str | None) -> str:
        """The slug or identifier named, else the default one. Raises `TrineError` where there is neither."""
        chosen = named or self._project
        if not chosen:
            answer = await self.transport.request("GET", f"{API}/auth/me")
            default = Me.model_validate_json(answer.content).default_project_id
            if default is None:
                raise TrineError(
                    "No project was named, and the credential has no default project.",
                    code="no_project",
                    advice="Give a project, or set TRINE_PROJECT.",
                )
            self._project = chosen = str(default)
        return chosen


class Resource:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._transport = connection.transport

    async def _one(self, record: type[R], method: str, path: str, *, json: Any = None, **params: Any) -> R:
        answer = await self._transport.request(method, API + path, json=json, params=params)
        return record.model_validate_json(answer.content)

    async def _all(self, record: type[R], method: str, path: str, *, json: Any = None, **params: Any) -> list[R]:
        answer = await self._transport.request(method, API + path, json=json, params=params)
        adapter: TypeAdapter[list[R]] = TypeAdapter(list[record])  # type: ignore[valid-type]
        return adapter.validate_json(answer.content)

    async def _pages(self, record: type[R], path: str, *, limit: int | None, **params: Any) -> AsyncIterator[R]:
        """Newest first; reads the next page when the one before has been used up."""
        left = limit
        while left is None or left > 0:
            size = 100 if left is None else min(left, 100)
            answer = (await self._transport.request("GET", API + path, params={**params, "limit": size})).json()
            for item in answer["items"]:
                yield record.model_validate(item)
            left = None if left is None else left - len(answer["items"])
            if not answer["next_cursor"]:
                return
            params = {**params, "cursor": answer["next_cursor"]}

    async def _save(self, path: str, target: Path, *, method: str = "GET", json: Any = None) -> Path:
        """The answer's body as the file `target`, which appears whole or not at all."""
        partial = target.with_name(f".{target.name}.partial")
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with partial.open("wb") as file:
                async with self._transport.open(API + path, method=method, json=json) as response:
                    async for chunk in response.aiter_bytes(1024 * 1024):
                        file.write(chunk)
            return partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)

    async def _events(self, path: str, *, params: Mapping[str, Any] | None = None) -> AsyncIterator[Event]:
        """Goes on where it was when the connection breaks; ends when the platform ends the stream."""
        last = ""
        while True:
            parser = EventParser()
            headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last} if last else {})
            try:
                async with self._transport.open(API + path, params=params, headers=headers) as response:
                    async for line in response.aiter_lines():
                        event = parser.feed(line)
                        if event is not None:
                            last = parser.last_id
                            yield event
                return
            except httpx.TransportError:
                await self._transport.pause(POLL)

    async def _wait(
        self, record: type[W], path: str, *, within: float | None, until: Callable[[Workload], bool] | None = None
    ) -> W:
        """Until the thing's workload has ended, or `until` holds.

        Raises `TrineError` (code `timeout`) after `within` seconds.
        """
        deadline = None if within is None else time.monotonic() + within
        while True:
            try:
                found = await self._one(record, "GET", path)
            except ConnectionFailed:
                if deadline is None or time.monotonic() > deadline:
                    raise
            else:
                if found.workload.ended or (until is not None and until(found.workload)):
                    return found
            if deadline is not None and time.monotonic() > deadline:
                raise TrineError(
                    f"{API}{path} had not ended after {within:g} s.",
                    code="timeout",
                    advice="It goes on; look again later.",
                )
            await self._transport.pause(POLL)


Reference = UUID | str
"""An identifier."""
