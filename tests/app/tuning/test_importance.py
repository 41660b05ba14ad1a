"""Which parameters decide how well the trials of a study do."""

import random

from tests.app.tuning.test_routes import new_study, start
from tests.fixtures.auth import Person
from tests.fixtures.scheduling import Desk


async def test_the_parameter_that_decides_comes_first(ada: Person, bob: Person, desk: Desk) -> None:
    study = await new_study(ada, trials=24)
    drawn = random.Random(5)
    for number in range(24):
        rate, optimizer = drawn.uniform(0.1, 0.2), drawn.choice(["adam", "sgd"])
        trial = await start(ada, study, number, learning_rate=rate, optimizer=optimizer)
        value = 10 * rate + drawn.uniform(0, 0.01) if number < 20 else None
        await ada.patch(f"/trials/{trial['id']}", {"status": "succeeded", "value": value})
    found = await ada.get(f"/studies/{study['id']}/importance")
    assert found["runs"] == 20, "trials without a value say nothing"
    assert [each["name"] for each in found["params"]] == ["learning_rate", "optimizer"]
    rate, optimizer = found["params"]
    assert rate["importance"] > 0.8 > 0.2 > optimizer["importance"]
    assert rate["correlation"] > 0.9
    assert optimizer["correlation"] is None
    assert found["score"] > 0.5
    assert (await bob.http.get(f"/api/v1/studies/{study['id']}/importance")).status_code == 404


async def test_of_a_few_trials_nothing_can_be_said(ada: Person, desk: Desk) -> None:
    study = await new_study(ada)
    refused = await ada.http.get(f"/api/v1/studies/{study['id']}/importance")
    assert (refused.status_code, refused.json()["code"]) == (422, "too_few_runs")
