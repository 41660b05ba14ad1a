"""Log-ins that were refused, as events of the organizations of whom they were tried for.

Written after they were answered, and together: that there is an account to write for must not show in the time that an
answer takes, and a flood of attempts must not become a flood of rows.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any

import structlog

from app.activity import service as activity
from app.activity.actor import ANONYMOUS, Subject
from app.activity.sight import CLIENT
from app.auth import repository
from app.kit.db import FAILED, Database, Scope, enter

log = structlog.get_logger(__name__)

GATHERED_SECONDS = 0.5
AT_ONCE = 1000
"""Different refusals that wait to be written; of more there are only lines in the log."""


@dataclass(frozen=True, slots=True)
class Refusal:
    outcome: str
    """`failed`, or `throttled`: too many attempts, and the password was not looked at."""
    email: str
    address: str | None


class Journal:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._pending: Counter[Refusal] = Counter()
        self._waiting = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def tell(self, refusal: Refusal) -> None:
        if refusal in self._pending or len(self._pending) < AT_ONCE:
            self._pending[refusal] += 1
            self._waiting.set()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            await self._write()

    async def _run(self) -> None:
        while True:
            await self._waiting.wait()
            await asyncio.sleep(GATHERED_SECONDS)
            self._waiting.clear()
            await self._write()

    async def _write(self) -> None:
        pending, self._pending = self._pending, Counter()
        for refusal, count in pending.items():
            try:
                await self._record(refusal, count)
            except FAILED as error:
                # The log has a line of each of them.
                log.warning("sign_in.unrecorded", outcome=refusal.outcome, count=count, error=type(error).__name__)

    async def _record(self, refusal: Refusal, count: int) -> None:
        async with self._database.session() as session:
            found = await repository.find_organizations(session, refusal.email)
            await enter(session, Scope(tuple(row.org_id for row in found)))
            for row in found:
                data: dict[str, Any] = {"before": None, "after": None, "count": count}
                data |= {CLIENT: {"address": refusal.address}} if refusal.address else {}
                subject = Subject("user", row.user_id, row.org_id)
                await activity.record(session, ANONYMOUS, f"sign_in.{refusal.outcome}", subject, data)
