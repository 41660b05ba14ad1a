"""Load for an OpenAI-compatible server, by the least client that tells the time of every token.

On two cores the client competes with what it measures, so it parses nothing but the border of events.
"""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

TOKEN_MARK = b'"finish_reason"'
"""In every event of a token; not in the one with the usage, nor in `[DONE]`."""
READ_BYTES = 65536


@dataclass(frozen=True)
class Stream:
    sent: float
    arrivals: tuple[float, ...]
    """Of each event that carries text, in seconds of the monotonic clock."""
    tokens: int
    """As the server counted them."""

    @property
    def first(self) -> float:
        """Seconds to the first token."""
        return self.arrivals[0] - self.sent

    @property
    def gaps(self) -> list[float]:
        """Seconds between tokens; those of one packet arrive together."""
        return [after - before for before, after in zip(self.arrivals, self.arrivals[1:], strict=False)]


@dataclass(frozen=True)
class Server:
    url: str
    model: str
    key: str = ""

    async def stream(self, prompt: list[int], tokens: int) -> Stream:
        """Raises ConnectionError unless the server answers with a whole stream."""
        body = {
            "model": self.model,
            "prompt": prompt,
            "max_tokens": tokens,
            "ignore_eos": True,
            "temperature": 0,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        place = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(place.hostname, place.port or 80)
        try:
            sent = time.perf_counter()
            writer.write(self._request(place.netloc, body))
            return await _read(reader, sent)
        finally:
            writer.close()

    def _request(self, host: str, body: dict[str, Any]) -> bytes:
        content = json.dumps(body).encode()
        head = (
            f"POST /v1/completions HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {self.key}\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n"
        )
        return head.encode() + content


async def _read(reader: asyncio.StreamReader, sent: float) -> Stream:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200")):
        status = head.partition(b"\r")[0]
        raise ConnectionError(f"{status.decode()}: {(await reader.read(2000)).decode()}")
    arrivals: list[float] = []
    kept = bytearray()
    seen = 0
    while data := await reader.read(READ_BYTES):
        now = time.perf_counter()
        kept += data
        marks = kept.count(TOKEN_MARK, seen)
        arrivals += [now] * marks
        if marks:
            seen = kept.rfind(TOKEN_MARK) + len(TOKEN_MARK)
    if b"data: [DONE]" not in kept or not arrivals:
        raise ConnectionError(f"the stream broke off: …{bytes(kept[-300:]).decode(errors='replace')}")
    usage = kept[kept.rfind(b'"completion_tokens":') :].split(b":", 1)[1]
    return Stream(sent, tuple(arrivals), int(usage.replace(b"}", b",").split(b",", 1)[0]))
