"""HTTP to addresses that somebody else names: connects to what was checked; time, size and redirects are bounded."""

import asyncio
import json
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from app.kit.addresses import AddressRefused, Allowed, Resolve, reachable, resolved

PORTS = {"http": 80, "https": 443}


class Unreachable(Exception):
    """Says which address did not answer and why; never with its query, which may hold a code."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: httpx.Headers
    body: bytes
    url: str
    """Where it came from in the end."""

    def json(self) -> Any:
        """Raises `Unreachable` where the body is something else."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Unreachable(f"{_shown(self.url)} answered {self.status} with something that is not JSON") from error


class Outbound:
    """Asks only public addresses over https, and `allowed` ones over http too. It heeds no proxy of the environment:
    one would resolve names on its own."""

    def __init__(
        self,
        allowed: Sequence[Allowed] = (),
        *,
        seconds: float = 10,
        size: int = 1024**2,
        resolve: Resolve = resolved,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """`seconds` from the question to the end of the answer, `size` of its body in bytes."""
        self.seconds = seconds
        self.size = size
        self._allowed = tuple(allowed)
        self._resolve = resolve
        self._trust = trust or httpx.create_ssl_context()

    async def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: str | None = None,
        redirects: int = 0,
    ) -> Answer:
        """Raises `Unreachable` where nothing good came, `AddressRefused` where it, or a redirect, leads inside."""
        sent = {"Accept": "application/json", "User-Agent": "trine", **(headers or {}), "Accept-Encoding": "identity"}
        try:
            async with (
                asyncio.timeout(self.seconds),
                self._client(redirects) as client,
                client.stream(method, url, headers=sent, content=content) as response,
            ):
                body = await self._read(response)
                return Answer(response.status_code, response.headers, body, str(response.url))
        except TimeoutError as error:
            raise Unreachable(f"{_shown(url)} did not answer within {self.seconds:g} s") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise Unreachable(f"{_shown(url)} cannot be asked: {_reason(error)}") from error

    def _client(self, redirects: int) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=_Pinned(self._allowed, self._resolve, self._trust),
            timeout=self.seconds,
            follow_redirects=redirects > 0,
            max_redirects=max(redirects, 1),
            trust_env=False,
        )

    async def _read(self, response: httpx.Response) -> bytes:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise Unreachable(f"{_shown(str(response.url))} answered compressed, which was not asked for")
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > self.size:
                raise Unreachable(f"{_shown(str(response.url))} answered with more than {self.size} bytes")
        return bytes(body)


class _Pinned(httpx.AsyncBaseTransport):
    """Resolves, checks, and connects to the address that was checked, under the name that was asked for."""

    def __init__(self, allowed: Sequence[Allowed], resolve: Resolve, trust: ssl.SSLContext) -> None:
        self._allowed = allowed
        self._resolve = resolve
        # No connection is kept: it would be found again by its address, under another name than its certificate's.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._inner = httpx.AsyncHTTPTransport(verify=trust, trust_env=False, limits=limits)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        if url.scheme not in PORTS or not url.host:
            raise AddressRefused(f"{_shown(str(url))} is no address of https")
        host = url.raw_host.decode("ascii")
        found = await reachable(host, url.port or PORTS[url.scheme], self._allowed, self._resolve)
        if url.scheme == "http" and not all(named for _, named in found):
            raise AddressRefused(f"{_shown(str(url))} is not https: what is sent there could be read on the way")
        failure: httpx.ConnectError | None = None
        for address, _ in found:
            try:
                return await self._inner.handle_async_request(_to(address, host, request))
            except httpx.ConnectError as error:
                failure = error
        raise failure or httpx.ConnectError(f"{host} has no address")

    async def aclose(self) -> None:
        await self._inner.aclose()


def _to(address: str, host: str, request: httpx.Request) -> httpx.Request:
    """The header `Host` and the certificate stay those of the name."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


def _shown(url: str) -> str:
    """Without its query, and without a password."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return "an address that cannot be read"
    return str(parts.copy_with(query=None, fragment=None, username=None, password=None))
