"""One who writes without a pause and repeats what was not acknowledged."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import httpx

from deployments.local.account import Credentials

PAUSE_S = 0.02
ATTEMPT_S = 5.0

Request = Callable[[int], dict[str, Any]]
"""Of httpx, for the number of a write."""


class Writer:
    def __init__(self, known: Credentials, request: Request) -> None:
        self._known = known
        self._request = request
        self._changed = threading.Condition()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._write)
        self._times: list[float] = []
        self._refused: str | None = None

    @classmethod
    def of_points(cls, known: Credentials, run: str, *, metric: str = "loss") -> "Writer":
        """One point of the metric a batch; a batch has one effect for its sequence."""

        def batch(step: int) -> dict[str, Any]:
            series = {"steps": [step], "values": [float(step)], "times": [time.time()]}
            body = {"source": metric, "sequence": step, "metrics": {metric: series}}
            return {"method": "POST", "url": f"/api/v1/runs/{run}/batches", "json": body}

        return cls(known, batch)

    @classmethod
    def of_runs(cls, known: Credentials, experiment: str) -> "Writer":
        """One run a request; a request has one effect for its Idempotency-Key."""

        def make(number: int) -> dict[str, Any]:
            return {
                "method": "POST",
                "url": f"/api/v1/experiments/{experiment}/runs",
                "json": {"name": f"run-{number}"},
                "headers": {"Idempotency-Key": f"{experiment}-{number}"},
            }

        return cls(known, make)

    @property
    def acknowledged(self) -> range:
        """Numbers of the writes that were."""
        return range(len(self._times))

    def more(self, count: int, *, within: float) -> None:
        """Waits for so many further writes."""
        wanted = len(self._times) + count
        self._wait(lambda: len(self._times) >= wanted, within)

    def first_after(self, moment: float, *, within: float) -> float:
        """When, on the monotonic clock, the first write after this moment was acknowledged."""
        self._wait(lambda: bool(self._times) and self._times[-1] > moment, within)
        return next(each for each in list(self._times) if each > moment)

    def end(self) -> None:
        """When the write that is under way has been acknowledged, or failed."""
        self._ended.set()
        self._thread.join()

    def _wait(self, reached: Callable[[], bool], within: float) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: self._refused is not None or reached(), within):
                raise AssertionError(f"no write was acknowledged any more within {within} s")
        assert self._refused is None, self._refused

    def _write(self) -> None:
        headers = {"Authorization": f"Bearer {self._known.api_key}"}
        with httpx.Client(base_url=self._known.url, headers=headers, timeout=ATTEMPT_S, trust_env=False) as http:
            while not self._ended.wait(PAUSE_S):
                try:
                    answer = http.request(**self._request(len(self._times)))
                except httpx.TransportError:
                    continue
                with self._changed:
                    if answer.is_success:
                        self._times.append(time.monotonic())
                    elif answer.is_client_error and answer.status_code not in {409, 429}:
                        # 409: the first try of this key is still at work.
                        self._refused = f"{answer.status_code} {answer.text}"
                    self._changed.notify_all()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()
