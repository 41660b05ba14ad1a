"""What another process needs to write to a run, and how a program names the run to the programs that it starts."""

from dataclasses import dataclass, field

from trine.beginning import Beginning

RUN_ID = "TRINE_RUN_ID"
"""A program that calls `trine.init()` with this in its environment joins the run instead of starting one."""


@dataclass(frozen=True)
class RunHandle:
    """Everything another process needs to write to a run. Picklable."""

    url: str
    """Empty where no platform is known."""
    run_id: str
    token: str = field(repr=False)
    attempt: int = 1
    worker: bool = False
    """The token is a workload's: the controller sets the status, and nobody can use the token later."""
    begins: Beginning | None = None
    """Of a run that the platform did not know when it began; `run_id` is a name of this machine then."""
    offline: bool = False
    """Nothing is sent."""
    host: str = ""
    """Where the run was started; from there the machine's metrics have their plain names."""
    started: float = 0.0
    """Seconds since 1970 (UTC)."""
