"""When to stop asking a deployment that fails, and when to try again: pure, the clock is passed in.

The circuit breaker of M. Nygard, *Release It!* (2nd edition, 2018, chapter 5).
"""

from collections import deque
from dataclasses import dataclass
from enum import IntEnum


@dataclass(frozen=True, slots=True)
class CircuitPolicy:
    failures: int = 5
    """So many failures within the window open the circuit,"""
    share: float = 0.5
    """where they are at least this share of the outcomes there."""
    window_seconds: float = 30
    pause_seconds: float = 2
    """From opening to the first probe; doubles with each probe that fails."""
    longest_pause_seconds: float = 30
    probe_seconds: float = 30
    """A probe without an outcome for so long is followed by another."""


class CircuitState(IntEnum):
    CLOSED = 0
    HALF_OPEN = 1
    OPEN = 2


class Circuit:
    """Closed, open, or half open while one probe is under way. Times are seconds of any monotonic clock."""

    def __init__(self, policy: CircuitPolicy | None = None) -> None:
        self._policy = policy or CircuitPolicy()
        self._recent: deque[tuple[float, bool]] = deque(maxlen=20 * self._policy.failures)
        """When each outcome came, and whether it was good."""
        self._blocked_until: float | None = None
        """None where closed."""
        self._pause = self._policy.pause_seconds
        self._era = 0
        """Outcomes of an earlier era say nothing of this one."""
        self._probing = False

    @property
    def closed(self) -> bool:
        return self._blocked_until is None

    @property
    def state(self) -> CircuitState:
        if self.closed:
            return CircuitState.CLOSED
        return CircuitState.HALF_OPEN if self._probing else CircuitState.OPEN

    def wait(self, now: float) -> float:
        """Seconds until a request may be tried; 0 where one may be tried now."""
        return 0.0 if self._blocked_until is None else max(0.0, self._blocked_until - now)

    def enter(self, now: float) -> int:
        """A request begins, which `wait` must allow: the first after a pause is the probe. Returns its era."""
        if self._blocked_until is not None:
            if now < self._blocked_until:
                raise ValueError("the circuit is open")
            self._era += 1
            self._blocked_until = now + self._policy.probe_seconds
            self._probing = True
        return self._era

    def succeeded(self, era: int, now: float) -> None:
        if era != self._era:
            return
        if self.closed:
            self._recent.append((now, True))
        else:
            self._blocked_until = None
            self._probing = False
            self._pause = self._policy.pause_seconds
            self._recent.clear()

    def failed(self, era: int, now: float) -> None:
        """An error of the deployment or no answer in time; what the client did wrong is a success."""
        if era != self._era:
            return
        if not self.closed:
            self._pause = min(2 * self._pause, self._policy.longest_pause_seconds)
            self._open(now)
            return
        self._recent.append((now, False))
        while self._recent[0][0] < now - self._policy.window_seconds:
            self._recent.popleft()
        bad = sum(not good for _, good in self._recent)
        if bad >= self._policy.failures and bad >= self._policy.share * len(self._recent):
            self._open(now)

    def abandoned(self, era: int, now: float) -> None:
        """Ended without an outcome, as when its client left: the next request is the probe."""
        if era == self._era and self._blocked_until is not None:
            self._blocked_until = now
            self._probing = False

    def _open(self, now: float) -> None:
        self._era += 1
        self._blocked_until = now + self._pause
        self._probing = False
        self._recent.clear()
