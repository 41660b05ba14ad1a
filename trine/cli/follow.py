"""What happens to a piece of work, told as it happens."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TextIO, TypeVar
from uuid import UUID

from trine.cli.language import t
from trine.cli.output import cell, say
from trine.client import Client
from trine.records.tracking import LatestMetric
from trine.records.work import Simulation, Study, TrainingJob
from trine.resources.blocking.base import POLL

W = TypeVar("W", TrainingJob, Study, Simulation)


def followed(client: Client, made: W, look: Callable[[UUID], W], out: TextIO) -> W:
    """`made` as it has ended. Until then each change of its status goes to stderr; its log and the newest values of its
    metrics go to `out`.
    """
    told, seen, last = "", dict[str, int](), None
    while True:
        # First: what its run has when it has ended is all there will be.
        found = look(made.id)
        status = f"{found.workload.status}: {found.workload.reason.get('message') or ''}"
        if status != told and not found.workload.ended:
            say(status)
            told = status
        for line in client.runs.logs(made.run_id, after=last):
            out.write(line.text)
            last = line.id
        metrics = client.runs.get(made.run_id).metrics
        out.writelines(_lines([each for each in metrics if seen.get(each.name) != each.points]))
        out.flush()
        seen = {each.name: each.points for each in metrics}
        if found.workload.ended:
            return found
        client.transport.pause(POLL)


def _lines(metrics: Sequence[LatestMetric]) -> list[str]:
    """One a step, though metrics are logged at steps of their own."""
    steps: dict[int, dict[str, float]] = defaultdict(dict)
    for each in metrics:
        steps[each.step][each.name] = each.value
    return [t("step {step}: {values}", step=step, values=cell(steps[step])) + "\n" for step in sorted(steps)]
