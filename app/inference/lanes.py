"""The way to each deployment: its circuit, and the requests that are at work or wait in front of it."""

import asyncio
import math
from collections.abc import Sequence

from app.config import Settings
from app.errors import Unavailable
from app.inference.circuit import Circuit
from app.inference.gate import Full, Gate
from app.inference.traffic import Target
from app.metrics import LANE_INSIDE, LANE_REFUSED, LANE_WAITING, MODEL_CIRCUIT, MODEL_REQUESTS

KEPT = 1000
"""Lanes above this number are forgotten where nobody uses them."""


class Lane:
    def __init__(self, application: str, gate: Gate) -> None:
        self.application = application
        self.gate = gate
        self.circuit = Circuit()

    async def enter(self) -> "Passage":
        """Waits for a turn. Raises `Unavailable` where there are too many, or the circuit opened meanwhile."""
        try:
            await self.gate.enter()
        except Full as error:
            LANE_REFUSED.add(self.application, "late" if error.late else "full")
            raise Unavailable(
                f"the model has as many requests as it can take: try again in {error.retry_after} s",
                code="overloaded",
                headers={"Retry-After": str(error.retry_after)},
            ) from None
        now = _now()
        if wait := self.circuit.wait(now):
            self.gate.leave(0)
            LANE_REFUSED.add(self.application, "circuit")
            raise _open(wait)
        return Passage(self, self.circuit.enter(now), now)


class Passage:
    """One request at work. Tell how it went, and leave."""

    def __init__(self, lane: Lane, era: int, entered: float) -> None:
        self._lane = lane
        self._era = era
        self._entered = entered
        self._outcome = ""
        self._left = False

    @property
    def outcome(self) -> str:
        """`succeeded`, `failed`, or `left`: the client went before there was one."""
        return self._outcome or "left"

    def succeeded(self) -> None:
        """Also where the client was refused for what it asked."""
        self._outcome = "succeeded"
        self._lane.circuit.succeeded(self._era, _now())

    def failed(self) -> None:
        """May follow `succeeded`: an answer that had begun broke off."""
        self._outcome = "failed"
        self._lane.circuit.failed(self._era, _now())

    def leave(self) -> None:
        """The first time counts."""
        if self._left:
            return
        self._left = True
        if not self._outcome:
            self._lane.circuit.abandoned(self._era, _now())
        self._lane.gate.leave(_now() - self._entered)
        MODEL_REQUESTS.add(self._lane.application, self.outcome)


class Lanes:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lanes: dict[str, Lane] = {}

    def of(self, target: Target) -> Lane:
        lane = self._lanes.get(target.application)
        if lane is None:
            if len(self._lanes) >= KEPT:
                self._lanes = {name: lane for name, lane in self._lanes.items() if not lane.gate.idle}
            lane = self._lanes[target.application] = Lane(
                target.application,
                Gate(
                    width=target.concurrent,
                    length=math.ceil(target.concurrent * self._settings.inference_queue),
                    seconds=self._settings.inference_queue_seconds,
                ),
            )
        return lane

    def open(self, targets: Sequence[Target]) -> Sequence[Target]:
        """Those that may be asked now; raises `Unavailable` where there are targets, and none may."""
        now = _now()
        waits = [self.of(target).circuit.wait(now) for target in targets]
        if not any(waits):
            return targets
        if all(waits):
            for target in targets:
                LANE_REFUSED.add(target.application, "circuit")
            raise _open(min(waits))
        return [target for target, wait in zip(targets, waits, strict=True) if not wait]

    def read(self) -> None:
        for application, lane in self._lanes.items():
            LANE_INSIDE.set(lane.gate.inside, application)
            LANE_WAITING.set(lane.gate.waiting, application)
            MODEL_CIRCUIT.set(lane.circuit.state, application)


def _open(wait: float) -> Unavailable:
    seconds = max(1, math.ceil(wait))
    return Unavailable(
        f"the model failed again and again and is left alone for a moment: try again in {seconds} s",
        code="circuit_open",
        headers={"Retry-After": str(seconds)},
    )


def _now() -> float:
    return asyncio.get_running_loop().time()
