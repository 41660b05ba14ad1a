"""What was used of the models, gathered in memory and written twice a second: never in the way of an answer."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

import structlog

from app.kit.db import FAILED, Database, Scope
from app.kit.periodic import Periodic
from app.quotas import ledger
from app.tables import UsageEntry

log = structlog.get_logger(__name__)

WRITE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Caller:
    org_id: UUID
    project_id: UUID
    service_id: UUID
    actor_id: UUID | None


class UsageMeter:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._used: dict[Caller, Counter[str]] = {}
        self._writing = Periodic(self._write, lambda: WRITE_SECONDS)

    def count(self, caller: Caller, *, prompt_tokens: int, completion_tokens: int) -> None:
        counter = self._used.setdefault(caller, Counter())
        counter.update(requests=1, prompt_tokens=prompt_tokens, completion_tokens=completion_tokens)

    @property
    def backlog(self) -> int:
        """Callers."""
        return len(self._used)

    def start(self) -> None:
        self._writing.start()

    async def stop(self) -> None:
        await self._writing.stop()
        await self._write()

    async def _write(self) -> None:
        used, self._used = self._used, {}
        for org_id in {caller.org_id for caller in used}:
            mine = {caller: counter for caller, counter in used.items() if caller.org_id == org_id}
            try:
                async with self._database.session(Scope((org_id,))) as session:
                    for caller, counter in sorted(mine.items(), key=_order):
                        await ledger.book(session, _entry(caller, counter))
            except FAILED as error:
                log.warning("usage.kept", error=type(error).__name__, callers=len(mine))
                for caller, counter in mine.items():
                    self._used.setdefault(caller, Counter()).update(counter)


def _order(used: tuple[Caller, Counter[str]]) -> tuple[str, str]:
    """In which everybody adds to the days, so that two gateways do not wait for each other."""
    return str(used[0].project_id), str(used[0].actor_id)


def _entry(caller: Caller, counter: Counter[str]) -> UsageEntry:
    return UsageEntry(
        org_id=caller.org_id,
        project_id=caller.project_id,
        service_id=caller.service_id,
        actor_id=caller.actor_id,
        requests=counter["requests"],
        prompt_tokens=counter["prompt_tokens"],
        completion_tokens=counter["completion_tokens"],
    )
