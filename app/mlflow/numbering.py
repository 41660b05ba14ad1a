"""Numbers for batches: MLflow's clients do not number what they send, and ingest wants a source and a sequence."""

import secrets
from collections import OrderedDict
from uuid import UUID

MOST_RUNS = 10_000


class Numbering:
    """Of one process. A run that was forgotten goes on under a new source, so that no number is given twice."""

    def __init__(self, most: int = MOST_RUNS) -> None:
        self._most = most
        self._known: OrderedDict[UUID, tuple[str, int]] = OrderedDict()

    def next(self, run_id: UUID) -> tuple[str, int]:
        """Source and sequence."""
        source, sequence = self._known.pop(run_id, (f"mlflow-{secrets.token_hex(8)}", 0))
        self._known[run_id] = (source, sequence + 1)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return source, sequence
