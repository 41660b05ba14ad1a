"""What was found out about a workload outside the database; `outcome.py` turns it into rows."""

from dataclasses import dataclass
from enum import StrEnum

from app.scheduler.status import Phase


class Seen(StrEnum):
    LAUNCHED = "launched"
    WAITING = "waiting"
    """Nothing new."""
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    LOST = "lost"
    """It was there and is no more, or its process was killed from outside."""
    BROKEN = "broken"
    """The platform itself failed on it."""
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Observation:
    seen: Seen
    message: str = ""
    phase: Phase | None = None
    look_again: float = 1.0
    """Seconds until the controller looks again, where nobody wakes it earlier."""
