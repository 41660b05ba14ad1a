"""The JSON object that a request brings, within bounds of size and time."""

import asyncio
import json
from typing import Any

from fastapi import Request
from starlette.requests import ClientDisconnect

from app.errors import Invalid, TooLarge, TooSlow
from app.inference.presence import ClientLeft


async def read_body(request: Request, *, largest: int, seconds: float) -> dict[str, Any]:
    """`largest` in bytes. Raises `TooLarge`, `TooSlow`, `ClientLeft`, or `Invalid` for what is not a JSON object."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > largest:
        raise _too_large(largest)
    try:
        async with asyncio.timeout(seconds):
            content = await _read(request, largest)
    except TimeoutError:
        raise TooSlow(f"the request's body did not arrive within {seconds:g} s: send it faster, or less") from None
    except ClientDisconnect:
        raise ClientLeft from None
    try:
        body = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Invalid("the request's body is not JSON") from error
    if not isinstance(body, dict):
        raise Invalid("the request's body must be a JSON object")
    return body


async def _read(request: Request, largest: int) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > largest:
            raise _too_large(largest)
        parts.append(part)
    return b"".join(parts)


def _too_large(largest: int) -> TooLarge:
    return TooLarge(f"the request is larger than {largest} bytes: send less, or ask for a higher limit")
