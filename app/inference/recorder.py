"""What the gateway saw of each deployment, gathered in memory and written every ten seconds: never in the way of an
answer."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import structlog

from app.deletion.service_samples import FINE
from app.inference.latencies import bucket
from app.inference.metrics_repository import COUNTS, ServiceSampleRepository
from app.inference.usage import Caller
from app.kit.clock import now
from app.kit.db import FAILED, Database, Scope
from app.kit.periodic import Periodic
from app.tables import ServiceSample

log = structlog.get_logger(__name__)

_COLUMNS = {"failed": "failed", "left": "abandoned", "refused": "refused"}


@dataclass(frozen=True, slots=True)
class Place:
    """Of what, and when."""

    org_id: UUID
    project_id: UUID
    service_id: UUID
    deployment_id: UUID | None
    at: int
    """The beginning of the ten seconds, since the epoch."""


@dataclass(slots=True)
class Seen:
    counts: Counter[str] = field(default_factory=Counter)
    """By the names of the columns."""
    latencies: Counter[int] = field(default_factory=Counter)
    first_tokens: Counter[int] = field(default_factory=Counter)

    def update(self, other: "Seen") -> None:
        self.counts.update(other.counts)
        self.latencies.update(other.latencies)
        self.first_tokens.update(other.first_tokens)


class Record:
    """Of one request. It is told how the request ended; the first time counts."""

    def __init__(self, recorder: "Recorder", caller: Caller, deployment_id: UUID | None) -> None:
        self._recorder = recorder
        self._caller = caller
        self._deployment_id = deployment_id
        self._asked = _time()
        self._ended = False

    def first_token(self) -> None:
        self._seen.first_tokens[bucket(_time() - self._asked)] += 1

    def used(self, *, prompt_tokens: int, completion_tokens: int) -> None:
        self._seen.counts.update(prompt_tokens=prompt_tokens, completion_tokens=completion_tokens)

    def refused(self) -> None:
        self.ended("refused")

    def ended(self, outcome: str) -> None:
        """`succeeded`, `failed`, `left` or `refused`."""
        if self._ended:
            return
        self._ended = True
        seen = self._seen
        seen.counts["requests"] += 1
        if outcome == "succeeded":
            seen.latencies[bucket(_time() - self._asked)] += 1
        else:
            seen.counts[_COLUMNS[outcome]] += 1

    @property
    def _seen(self) -> Seen:
        caller, at = self._caller, int(now().timestamp()) // FINE * FINE
        place = Place(caller.org_id, caller.project_id, caller.service_id, self._deployment_id, at)
        return self._recorder.seen(place)


class Recorder:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: dict[Place, Seen] = {}
        # At the turn of ten seconds, so that they are one row.
        self._writing = Periodic(self.write, lambda: FINE - now().timestamp() % FINE)

    def of(self, caller: Caller, deployment_id: UUID | None) -> Record:
        """A request that begins now; without a deployment where none could take it."""
        return Record(self, caller, deployment_id)

    def seen(self, place: Place) -> Seen:
        return self._seen.setdefault(place, Seen())

    @property
    def backlog(self) -> int:
        """Rows to write."""
        return len(self._seen)

    def start(self) -> None:
        self._writing.start()

    async def stop(self) -> None:
        await self._writing.stop()
        await self.write()

    async def write(self) -> None:
        """What has been seen so far. What cannot be written is kept for the next time."""
        seen, self._seen = self._seen, {}
        for org_id in {place.org_id for place in seen}:
            mine = {place: each for place, each in seen.items() if place.org_id == org_id}
            try:
                async with self._database.session(Scope((org_id,))) as session:
                    for place, each in mine.items():
                        await ServiceSampleRepository(session).add(_row(place, each))
            except FAILED as error:
                log.warning("service_samples.kept", error=type(error).__name__, rows=len(mine))
                for place, each in mine.items():
                    self.seen(place).update(each)


def _row(place: Place, seen: Seen) -> ServiceSample:
    return ServiceSample(
        org_id=place.org_id,
        project_id=place.project_id,
        service_id=place.service_id,
        deployment_id=place.deployment_id,
        at=datetime.fromtimestamp(place.at, UTC),
        seconds=FINE,
        latencies=_written(seen.latencies),
        first_tokens=_written(seen.first_tokens),
        **{name: seen.counts[name] for name in COUNTS},
    )


def _written(counts: Mapping[int, int]) -> dict[str, int]:
    return {str(index): number for index, number in counts.items()}


def _time() -> float:
    return asyncio.get_running_loop().time()
