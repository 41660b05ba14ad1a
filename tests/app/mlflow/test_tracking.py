"""Experiments and runs, by an unmodified MLflow client."""

import math
import time
from typing import Any

import mlflow
import pytest
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException, RestException
from mlflow.tracking import MlflowClient

from tests.app.mlflow.conftest import in_thread
from tests.fixtures.auth import Person

pytestmark = [
    pytest.mark.usefixtures("tracking"),
    # The client's own, and of pandas through it.
    pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning", "ignore:Starting with pandas"),
]


async def test_a_run_as_users_log_it() -> None:
    def work() -> Any:
        mlflow.set_experiment("digits")
        with mlflow.start_run(run_name="first", tags={"team": "vision"}) as run:
            mlflow.log_params({"lr": 0.1, "layers": [1, 2], "none": None})
            for step in range(5):
                mlflow.log_metrics({"loss": 1 / (step + 1), "acc": step / 10}, step=step)
            mlflow.log_metric("nan", math.nan)
            mlflow.log_metric("infinite", -math.inf)
            mlflow.set_tag("mlflow.note.content", "a note")
            with mlflow.start_run(nested=True, run_name="child") as child:
                mlflow.log_metric("loss", 7.0)
        client = MlflowClient()
        return client.get_run(run.info.run_id), client.get_run(child.info.run_id), client

    run, child, client = await in_thread(work)
    assert run.info.status == "FINISHED"
    assert run.info.run_name == run.data.tags["mlflow.runName"] == "first"
    assert run.data.params == {"lr": "0.1", "layers": "[1, 2]", "none": "None"}
    assert run.data.metrics["loss"] == pytest.approx(0.2)
    assert math.isnan(run.data.metrics["nan"])
    assert run.data.metrics["infinite"] == -math.inf
    assert run.data.tags["team"] == "vision"
    assert run.info.end_time >= run.info.start_time > 1_600_000_000_000
    assert child.data.tags["mlflow.parentRunId"] == run.info.run_id
    history = await in_thread(lambda: client.get_metric_history(run.info.run_id, "loss"))
    assert [point.step for point in history] == list(range(5))
    assert [point.value for point in history] == [1 / (step + 1) for step in range(5)]
    assert abs(history[0].timestamp - time.time() * 1000) < 60_000
    assert (await in_thread(lambda: client.get_metric_history(run.info.run_id, "nan")))[0].value != 0


async def test_points_of_one_step_are_all_in_the_history_and_pages_are_whole() -> None:
    def work() -> Any:
        client = MlflowClient()
        run_id = client.create_run(client.create_experiment("same step")).info.run_id
        for value in (1.0, 2.0, 3.0):
            client.log_metric(run_id, "loss", value, timestamp=int(value))
        many = [Metric("many", step / 7, 1_700_000_000_000 + step, step) for step in range(1000)]
        client.log_batch(run_id, metrics=many)
        store = client._tracking_client.store
        first = store.get_metric_history(run_id, "many", max_results=600)
        second = store.get_metric_history(run_id, "many", max_results=600, page_token=first.token)
        return client.get_metric_history(run_id, "loss"), many, [*first, *second], second.token

    same, many, read, token = await in_thread(work)
    assert [(point.value, point.timestamp, point.step) for point in same] == [(1.0, 1, 0), (2.0, 2, 0), (3.0, 3, 0)]
    assert [(m.value, m.timestamp, m.step) for m in read] == [(m.value, m.timestamp, m.step) for m in many]
    assert token is None


async def test_a_parameter_is_written_once() -> None:
    def work() -> Any:
        client = MlflowClient()
        run_id = client.create_run("0").info.run_id
        client.log_param(run_id, "lr", 1)
        client.log_param(run_id, "lr", 1)
        with pytest.raises(MlflowException, match="Changing param values is not allowed"):
            client.log_param(run_id, "lr", 2)
        with pytest.raises(MlflowException, match="Changing param values is not allowed"):
            client.log_batch(run_id, metrics=[Metric("m", 1, 1, 1)], params=[Param("a", "1"), Param("lr", "3")])
        return client.get_run(run_id), client.get_experiment_by_name("Default")

    run, default = await in_thread(work)
    assert run.data.params == {"lr": "1"}
    assert run.data.metrics == {}, "a batch that is refused writes nothing"
    assert run.info.experiment_id == default.experiment_id


async def test_experiments() -> None:
    def work() -> None:
        client = MlflowClient()
        made = client.create_experiment("/Users/ada/exp one", tags={"a": "1"})
        with pytest.raises(RestException, match="already exists") as refused:
            client.create_experiment("/Users/ada/exp one")
        assert refused.value.error_code == "RESOURCE_ALREADY_EXISTS"
        client.set_experiment_tag(made, "b", "2")
        found = client.get_experiment_by_name("/Users/ada/exp one")
        assert found.experiment_id == made
        assert found.tags == {"a": "1", "b": "2"}
        client.delete_experiment_tag(made, "a")
        client.rename_experiment(made, "exp two")
        assert client.get_experiment(made).name == "exp two"
        other = client.create_experiment("other")
        assert {e.name for e in client.search_experiments()} == {"exp two", "other"}
        assert [e.name for e in client.search_experiments(filter_string="tags.b = '2'")] == ["exp two"]
        assert [e.name for e in client.search_experiments(filter_string="name ILIKE 'OTH%'")] == ["other"]
        first = client.search_experiments(max_results=1, order_by=["name ASC"])
        assert [e.name for e in first] == ["exp two"]
        following = client.search_experiments(max_results=1, order_by=["name ASC"], page_token=first.token)
        assert [e.name for e in following] == ["other"]
        client.delete_experiment(made)
        assert client.get_experiment(made).lifecycle_stage == "deleted"
        assert [e.name for e in client.search_experiments(view_type=ViewType.DELETED_ONLY)] == ["exp two"]
        assert len(client.search_experiments(view_type=ViewType.ALL)) == 2
        client.restore_experiment(made)
        assert client.get_experiment(made).lifecycle_stage == "active"
        assert client.get_experiment_by_name("nothing") is None
        with pytest.raises(RestException) as absent:
            client.get_experiment("123")
        assert absent.value.error_code == "RESOURCE_DOES_NOT_EXIST"
        assert client.get_experiment(other).name == "other"

    await in_thread(work)


async def test_an_experiment_of_another_project_is_named_with_it(ada: Person) -> None:
    await ada.post(f"/orgs/{ada.org}/projects", {"slug": "vision", "name": "Vision"})
    made = await in_thread(lambda: MlflowClient().create_experiment("vision/nets"))
    rows = (await ada.get("/projects/vision/experiments"))["items"]
    assert [row["name"] for row in rows] == ["nets"]
    shown = await in_thread(lambda: MlflowClient().get_experiment(made))
    assert shown.name == "vision/nets"
    assert (await in_thread(lambda: MlflowClient().get_experiment_by_name("vision/nets"))).experiment_id == made


async def test_what_runs_may_become() -> None:
    def work() -> None:
        client = MlflowClient()
        experiment = client.create_experiment("lifecycle")
        run_id = client.create_run(experiment, start_time=1_000).info.run_id
        client.set_tag(run_id, "a", "1")
        client.log_batch(run_id, tags=[RunTag("b", "2")])
        client.delete_tag(run_id, "a")
        with pytest.raises(RestException, match="no tag"):
            client.delete_tag(run_id, "a")
        client.set_terminated(run_id, status="FAILED", end_time=5_000)
        run = client.get_run(run_id)
        assert (run.info.start_time, run.info.end_time, run.info.status) == (1_000, 5_000, "FAILED")
        assert run.data.tags["b"] == "2"
        assert "a" not in run.data.tags
        client.update_run(run_id, status="RUNNING", name="again")
        again = client.get_run(run_id)
        assert (again.info.status, again.info.run_name, again.info.end_time) == ("RUNNING", "again", None)
        client.delete_run(run_id)
        assert client.get_run(run_id).info.lifecycle_stage == "deleted"
        assert client.search_runs([experiment]) == []
        assert len(client.search_runs([experiment], run_view_type=ViewType.DELETED_ONLY)) == 1
        client.restore_run(run_id)
        assert client.get_run(run_id).info.lifecycle_stage == "active"
        for absent in ("0" * 32, "no-run"):
            with pytest.raises(RestException) as refused:
                client.get_run(absent)
            assert refused.value.error_code == "RESOURCE_DOES_NOT_EXIST"

    await in_thread(work)


async def test_inputs_of_a_run() -> None:
    def work() -> Any:
        import pandas as pd
        from mlflow.data.pandas_dataset import from_pandas

        mlflow.set_experiment("inputs")
        data = from_pandas(pd.DataFrame({"x": [1, 2]}), name="numbers")
        with mlflow.start_run() as run:
            mlflow.log_input(data, context="training")
            mlflow.log_input(data, context="training")
        found = mlflow.search_runs(filter_string="dataset.name = 'numbers'", experiment_names=["inputs"])
        return mlflow.get_run(run.info.run_id), data.digest, found

    run, digest, found = await in_thread(work)
    (given,) = run.inputs.dataset_inputs
    assert (given.dataset.name, given.dataset.digest) == ("numbers", digest)
    assert given.tags[0].value == "training"
    assert list(found.run_id) == [run.info.run_id]


async def test_search_of_runs() -> None:
    def work() -> None:
        client = MlflowClient()
        experiment = client.create_experiment("search")
        ids = []
        for number in range(6):
            run = client.create_run(experiment, start_time=1_000 * (number + 1), run_name=f"run {number}")
            ids.append(run.info.run_id)
            client.log_batch(
                run.info.run_id,
                metrics=[Metric("loss", 1.0 - number / 10, 1, 0), Metric("val/acc", number, 1, 0)],
                params=[Param("lr", "0.1" if number % 2 else "0.01"), Param("a b", str(number))],
                tags=[RunTag("team", "nlp" if number < 3 else "vision")],
            )
        client.log_metric(ids[5], "rare", math.nan)
        client.log_metric(ids[4], "rare", 3)
        client.set_terminated(ids[0])

        def found(text: str = "", **options: Any) -> list[int]:
            return [ids.index(run.info.run_id) for run in client.search_runs([experiment], text, **options)]

        assert found() == [5, 4, 3, 2, 1, 0]
        assert found("metrics.loss < 0.75 and params.lr = '0.1'") == [5, 3]
        assert found("metrics.\"val/acc\" >= 4 AND tags.team = 'vision'") == [5, 4]
        assert found("params.`a b` IN ('1', '2')") == [2, 1]
        assert found("attributes.status = 'FINISHED'") == [0]
        assert found("run_name LIKE 'run %' and start_time > 4500") == [5, 4]
        assert found(f"run_id = '{ids[2]}'") == [2]
        assert found("tags.team != 'nlp'") == [5, 4, 3]
        assert found(order_by=["metrics.loss DESC"]) == [0, 1, 2, 3, 4, 5]
        assert found(order_by=["params.lr", "metrics.loss"]) == [4, 2, 0, 5, 3, 1]
        assert found(order_by=["metrics.rare"])[:2] == [4, 5], "NaN after numbers, nothing after NaN"
        first = client.search_runs([experiment], max_results=4, order_by=["start_time ASC"])
        rest = client.search_runs([experiment], max_results=4, order_by=["start_time ASC"], page_token=first.token)
        assert [run.info.run_id for run in [*first, *rest]] == ids
        assert rest.token is None
        for wrong in ("metrics.loss <", "metrics.loss = 'x'", "params.lr = 3", "nothing = 'x'"):
            with pytest.raises(RestException) as refused:
                client.search_runs([experiment], wrong)
            assert refused.value.error_code == "INVALID_PARAMETER_VALUE"

    await in_thread(work)
