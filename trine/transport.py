"""HTTP to the platform: base address, bearer, retries, typed errors."""

import asyncio
import ipaddress
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from uuid import uuid4

import httpx
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_before_delay,
    wait_exponential_jitter,
)

from trine import __version__
from trine.errors import ConnectionFailed, NotConfigured, TrineError, from_response

PATIENCE = 30.0
"""Seconds a call goes on trying while the platform does not answer."""
TIMEOUT = httpx.Timeout(30, connect=5)
RETRIED = frozenset({429, 500, 502, 503, 504})

_backoff = wait_exponential_jitter(multiplier=0.25, max=10)


class Retryable(Exception):
    """Carries an error that another try may cure. Never leaves this module, except from `attempt`."""

    def __init__(self, error: TrineError, retry_after: float | None = None, *, sent: bool = True) -> None:
        super().__init__(str(error))
        self.error = error
        self.retry_after = retry_after
        """Seconds the platform asked to wait."""
        self.sent = sent
        """False where the platform certainly did not see the request."""


class Transport:
    """Synchronous. Safe to share between threads, not between processes."""

    def __init__(self, url: str, token: str | None, *, timeout: httpx.Timeout = TIMEOUT) -> None:
        self.url = checked_url(url)
        self._client = httpx.Client(
            base_url=self.url, headers=_headers(token), timeout=timeout, trust_env=not _is_local(self.url)
        )

    def close(self) -> None:
        self._client.close()

    def sends(self, token: str) -> bool:
        """Whether this is the credential of its requests."""
        return self._client.headers.get("Authorization") == f"Bearer {token}"

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        stream: Callable[[], Iterable[bytes]] | None = None,
        headers: Mapping[str, str] | None = None,
        patience: float = PATIENCE,
        once: bool = False,
    ) -> httpx.Response:
        """An answer below 400, else a `TrineError`.

        `stream` is called anew for each try. `once` never repeats a request that the platform may have seen.
        """
        sent_headers = _once_headers(method, headers)

        def attempt() -> httpx.Response:
            body = stream() if stream is not None else content
            return self.attempt(method, path, json=json, params=clean(params), content=body, headers=sent_headers)

        return Retrying(**_policy(patience, once))(attempt)

    def attempt(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One try: raises `Retryable` or, where repeating is pointless, a `TrineError`."""
        try:
            response = self._client.request(method, path, **options)
        except httpx.TransportError as error:
            raise _unreachable(self.url, error) from error
        _check(response)
        return response

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)

    @contextmanager
    def open(
        self,
        path: str,
        *,
        method: str = "GET",
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[httpx.Response]:
        """A request whose answer is read piece by piece. Only the start is retried."""

        def start() -> httpx.Response:
            request = self._client.build_request(method, path, json=json, params=clean(params), headers=headers)
            try:
                response = self._client.send(request, stream=True)
                if response.status_code >= 400:
                    response.read()
            except httpx.TransportError as error:
                raise _unreachable(self.url, error) from error
            _check(response)
            return response

        response: httpx.Response = Retrying(**_policy(PATIENCE, False))(start)
        try:
            yield response
        finally:
            response.close()


class AsyncTransport:
    """`Transport` for asyncio."""

    def __init__(self, url: str, token: str | None, *, timeout: httpx.Timeout = TIMEOUT) -> None:
        self.url = checked_url(url)
        self._client = httpx.AsyncClient(
            base_url=self.url, headers=_headers(token), timeout=timeout, trust_env=not _is_local(self.url)
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        patience: float = PATIENCE,
    ) -> httpx.Response:
        sent_headers = _once_headers(method, headers)

        async def attempt() -> httpx.Response:
            try:
                response = await self._client.request(
                    method, path, json=json, params=clean(params), headers=sent_headers
                )
            except httpx.TransportError as error:
                raise _unreachable(self.url, error) from error
            _check(response)
            return response

        return await AsyncRetrying(**_policy(patience, False))(attempt)

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    @asynccontextmanager
    async def open(
        self,
        path: str,
        *,
        method: str = "GET",
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[httpx.Response]:
        async def start() -> httpx.Response:
            request = self._client.build_request(method, path, json=json, params=clean(params), headers=headers)
            try:
                response = await self._client.send(request, stream=True)
                if response.status_code >= 400:
                    await response.aread()
            except httpx.TransportError as error:
                raise _unreachable(self.url, error) from error
            _check(response)
            return response

        response: httpx.Response = await AsyncRetrying(**_policy(PATIENCE, False))(start)
        try:
            yield response
        finally:
            await response.aclose()


def checked_url(url: str) -> str:
    parsed = httpx.URL(url)
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise NotConfigured(
            f"{url!r} is not an address of a platform.", code="bad_url", advice="Use one such as http://127.0.0.1:8000."
        )
    return url.rstrip("/")


def clean(params: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Query parameters without those that are None."""
    return {key: value for key, value in params.items() if value is not None} if params else None


def _headers(token: str | None) -> dict[str, str]:
    headers = {"User-Agent": f"trine-python/{__version__}"}
    return headers | {"Authorization": f"Bearer {token}"} if token else headers


def _is_local(url: str) -> bool:
    """A proxy of the environment cannot reach this machine's own loopback address."""
    host = httpx.URL(url).host
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _once_headers(method: str, headers: Mapping[str, str] | None) -> dict[str, str]:
    """The same key in each try, so that a POST whose answer was lost creates nothing twice."""
    chosen = dict(headers or {})
    if method == "POST":
        chosen.setdefault("Idempotency-Key", uuid4().hex)
    return chosen


def _check(response: httpx.Response) -> None:
    if response.status_code < 400:
        return
    try:
        body = response.json()
    except ValueError:
        body = None
    error = from_response(response.status_code, body, "" if body is not None else response.text)
    if response.status_code in RETRIED or error.code == "idempotency_in_progress":
        raise Retryable(error, _retry_after(response), sent=response.status_code not in (429, 503))
    raise error


def _retry_after(response: httpx.Response) -> float | None:
    try:
        return max(0.0, float(response.headers["Retry-After"]))
    except (KeyError, ValueError):
        return None


def _unreachable(url: str, error: httpx.TransportError) -> Retryable:
    reason = str(error) or type(error).__name__
    failed = ConnectionFailed(f"No answer from {url}: {reason}.", code="unreachable")
    return Retryable(failed, sent=not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout))


def _policy(patience: float, once: bool) -> dict[str, Any]:
    enough = stop_before_delay(patience)
    return {
        "retry": retry_if_exception_type(Retryable),
        "wait": _wait,
        "stop": lambda state: enough(state) or (once and _was_sent(state)),
        "retry_error_callback": _give_up,
    }


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, Retryable) else None
    return asked if asked is not None else _backoff(state)


def _was_sent(state: RetryCallState) -> bool:
    error = state.outcome.exception() if state.outcome else None
    return isinstance(error, Retryable) and error.sent


def _give_up(state: RetryCallState) -> Any:
    error = state.outcome.exception() if state.outcome else None
    raise error.error if isinstance(error, Retryable) else error or AssertionError("no outcome")
