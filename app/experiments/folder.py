"""Folds and merges what runs report, as long as the controller runs."""

import asyncio
import time
from collections import Counter
from uuid import UUID

import structlog

from app.experiments.ingest_compaction import compact, unmerged_runs
from app.experiments.ingest_fold import BATCHES_AT_ONCE, fold_waiting, is_passing
from app.experiments.service import TOPIC
from app.kit.db import Database
from app.kit.notify import Listener

log = structlog.get_logger(__name__)

PAUSE_SECONDS = 0.5
"""Between two turns: what was told meanwhile is folded together."""
POLL_SECONDS = 3.0
"""For what NOTIFY did not tell."""
IDLE_SECONDS = 60.0
"""A run that has reported nothing for so long is merged."""
FOLDS = 32
"""After so many a run is merged: chunks of each metric that a reader would have to put together."""


class Folder:
    def __init__(self, database: Database) -> None:
        """`database` of the controller, which sees every organization."""
        self._database = database
        self._woken = asyncio.Event()
        self._folds: Counter[UUID] = Counter()
        self._folded_at: dict[UUID, float] = {}
        self._unmergeable: set[UUID] = set()
        self._swept_at = 0.0

    async def run(self, listener: Listener) -> None:
        """Until cancelled. A database that is away is waited for: nothing is lost meanwhile, nor hidden."""
        listener.on_message(TOPIC, self._woken.set)
        while True:
            try:
                again = await self.turn()
            except Exception as error:
                # Whatever it is, others still report.
                if is_passing(error):
                    log.warning("telemetry.not_folded", error=type(error).__name__)
                else:
                    log.exception("telemetry.not_folded")
                again = False
            if not again:
                await asyncio.sleep(PAUSE_SECONDS)
                await self._wait()

    async def turn(self) -> bool:
        """Folds what waits and merges what is due; whether more waits already."""
        self._woken.clear()
        folded = await fold_waiting(self._database)
        now = time.monotonic()
        for run_id in folded:
            self._folds[run_id] += 1
            self._folded_at[run_id] = now
        for run_id in [run_id for run_id, folds in self._folds.items() if folds >= FOLDS]:
            del self._folds[run_id]
            await self._compact(run_id)
        if now - self._swept_at >= IDLE_SECONDS:
            self._swept_at = now
            await self._sweep(now)
        return any(batches == BATCHES_AT_ONCE for batches in folded.values())

    async def _sweep(self, now: float) -> None:
        self._folded_at = {run_id: at for run_id, at in self._folded_at.items() if now - at < IDLE_SECONDS}
        for run_id in await unmerged_runs(self._database):
            if run_id not in self._folded_at:
                self._folds.pop(run_id, None)
                await self._compact(run_id)

    async def _compact(self, run_id: UUID) -> None:
        """A run that cannot be merged stays readable as it is, and does not hold up the others."""
        if run_id in self._unmergeable:
            return
        try:
            await compact(self._database, run_id)
        except Exception as error:
            if is_passing(error):
                raise
            self._unmergeable.add(run_id)
            log.exception("telemetry.not_merged", run=str(run_id))

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            return
