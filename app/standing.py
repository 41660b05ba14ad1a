"""What is left of a limit, the headers that say so, and the refusal of who is beyond it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.errors import TooMany
from app.metrics import RATE_LIMITED


@dataclass(frozen=True, slots=True)
class Standing:
    name: str
    """Whose limit: `key`, `user`, `organization`, `organization-tokens`; of the rest of the API `api-key` and so on."""
    unit: str
    """`requests` or `tokens`."""
    limit: int
    window: int
    """Seconds."""
    remaining: int
    reset: float
    """Seconds until there is more."""


def headers(standings: Sequence[Standing]) -> dict[str, str]:
    """`RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10), and OpenAI's `x-ratelimit-…`.

    OpenAI's have one value a unit: that of the limit which is nearest.
    """
    if not standings:
        return {}
    found = {
        "RateLimit-Policy": ", ".join(_policy(each) for each in standings),
        "RateLimit": ", ".join(f'"{each.name}";r={each.remaining};t={math.ceil(each.reset)}' for each in standings),
    }
    for unit in ("requests", "tokens"):
        of_unit = [each for each in standings if each.unit == unit]
        if of_unit:
            nearest = min(of_unit, key=lambda each: each.remaining)
            found[f"x-ratelimit-limit-{unit}"] = str(nearest.limit)
            found[f"x-ratelimit-remaining-{unit}"] = str(nearest.remaining)
            found[f"x-ratelimit-reset-{unit}"] = _duration(nearest.reset)
    return found


def too_many(refused: Standing, standings: Sequence[Standing], *, whose: str) -> TooMany:
    """`standings` are those of all limits that were asked: the headers tell of them."""
    RATE_LIMITED.add(refused.name)
    wait = max(1, math.ceil(refused.reset))
    return TooMany(
        f"the limit of {refused.limit} {refused.unit} in {refused.window} s for this {whose} is used up: "
        f"try again in {wait} s",
        code="rate_limit_exceeded",
        headers={**headers(standings), "Retry-After": str(wait)},
        limited=refused.unit,
    )


def _policy(standing: Standing) -> str:
    unit = f';qu="{standing.unit}"' if standing.unit != "requests" else ""
    return f'"{standing.name}";q={standing.limit};w={standing.window}{unit}'


def _duration(seconds: float) -> str:
    """As OpenAI writes it: `20ms`, `7s`, `1m30s`."""
    if seconds < 1:
        return f"{math.ceil(1000 * seconds)}ms"
    minutes, rest = divmod(math.ceil(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
