from datetime import datetime

from pydantic import BaseModel


class Quantiles(BaseModel):
    """Seconds, within 2 %, at each time; null where nothing was measured."""

    p50: list[float | None]
    p95: list[float | None]
    p99: list[float | None]


class ServiceTotals(BaseModel):
    """Of the whole span."""

    requests: int
    """All of them, those below among them."""
    failed: int
    """A deployment took the request, and did not answer it as it should."""
    refused: int
    """No deployment took the request: none was ready, its queue was full, its circuit open. Who asked more than their
    own limits allow is not counted."""
    abandoned: int
    """The client left before there was an outcome."""
    prompt_tokens: int
    completion_tokens: int
    p50: float | None
    p95: float | None
    p99: float | None


class ServiceMetrics(BaseModel):
    """What the gateways saw of a service. Lists have a number for each time; those of counts are per second."""

    step: int
    """Seconds from each time to the next."""
    times: list[datetime]
    """Beginnings of the steps. The last one is over."""
    requests: list[float]
    failed: list[float]
    refused: list[float]
    abandoned: list[float]
    prompt_tokens: list[float]
    completion_tokens: list[float]
    latency: Quantiles
    """Of requests that were answered: to the end of the answer, the wait for a turn included."""
    first_token: Quantiles
    """Of streams: to the first token."""
    replicas: list[int]
    """Of the deployments that ran when the step began, of those of the last attempt of each."""
    total: ServiceTotals
