"""Which parameters decide how well the trials of a study do."""

import json
import math
from typing import Any
from uuid import UUID

from app.auth.principal import Principal
from app.experiments.comparison_schemas import ImportanceRead
from app.experiments.importance import FEWEST, TooFewRuns, explained
from app.experiments.parameter_importance import Value
from app.kit.db import Database
from app.tuning import service


async def importance(database: Database, *, principal: Principal, study_id: UUID) -> ImportanceRead:
    """Of what the study varies, over the trials that have a value. Raises `TooFewRuns`."""
    async with database.session(principal.scope) as session:
        trials = await service.trials(session, principal=principal, study_id=study_id)
        told = [(trial.params, trial.value) for trial in trials if trial.value is not None]
    if len(told) < FEWEST:
        raise TooFewRuns(f"{len(told)} trials have a value, and importance needs {FEWEST}: wait for more, or extend it")
    names = sorted({name for params, _ in told for name in params})
    params = {name: [_value(of_trial.get(name)) for of_trial, _ in told] for name in names}
    return await explained(params, [value for _, value in told])


def _value(given: Any) -> Value:
    if given is None or isinstance(given, str):
        return given
    if isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given):
        return float(given)
    return json.dumps(given)
