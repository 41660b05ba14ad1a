"""`trine import mlflow`: a store of MLflow's own, brought over whole, once, and also in two goes."""

import math
from pathlib import Path
from typing import Any

import mlflow
import mlflow.sklearn
import pytest
from mlflow.entities import Metric
from mlflow.tracking import MlflowClient
from sklearn.linear_model import LogisticRegression

from tests.app.mlflow.conftest import in_thread
from tests.fixtures.auth import Person
from trine.errors import TrineError
from trine.mlflow_import import Import, Summary
from trine.transport import Transport

pytestmark = [
    pytest.mark.usefixtures("tracking"),
    pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning", "ignore:Starting with pandas"),
    # Of the other store, which MLflow opens with SQLAlchemy.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]


@pytest.fixture
def other(tmp_path: Path) -> str:
    """Address of a store of SQLite, with files in a folder beside it."""
    return f"sqlite:///{tmp_path / 'mlflow.db'}"


def fill(address: str, files: Path | None) -> str:
    """Id of the first run. Files go where the store says, or into a folder."""
    client = MlflowClient(tracking_uri=address, registry_uri=address)
    location = files.as_uri() if files else None
    experiment = client.create_experiment("old", artifact_location=location, tags={"team": "nlp"})
    run_id = client.create_run(experiment, start_time=1_600_000_000_000, run_name="first", tags={"a": "1"}).info.run_id
    for first in range(0, 6000, 1000):
        client.log_batch(
            run_id, metrics=[Metric("loss", 1 / (step + 1), step + 7, step) for step in range(first, first + 1000)]
        )
    client.log_metric(run_id, "odd", math.nan, timestamp=3, step=1)
    client.log_metric(run_id, "odd", -1.5, timestamp=4, step=1)
    client.log_metric(run_id, "early", 1.0, timestamp=4, step=-1)
    client.log_param(run_id, "lr", 0.1)
    client.log_text(run_id, "hello", "notes/hello.txt")
    client.set_terminated(run_id, "FAILED", end_time=1_600_000_100_000)
    mlflow.set_tracking_uri(address)
    mlflow.set_registry_uri(address)
    with mlflow.start_run(experiment_id=experiment):
        fitted = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
        mlflow.sklearn.log_model(fitted, name="net", registered_model_name="Old Net")
    client.set_registered_model_alias("Old Net", "champion", "1")
    return run_id


async def bring(other: str, served: str, key: str) -> Summary:
    transport = Transport(served, key)
    try:
        return await in_thread(lambda: Import(other, transport, lambda _: None).run())
    finally:
        transport.close()


async def test_a_store_is_brought_over_once(tracking: str, key: str, other: str, tmp_path: Path, ada: Person) -> None:
    old = await in_thread(lambda: fill(other, tmp_path / "files"))
    done = await bring(other, tracking, key)
    assert (done.runs, done.models, done.versions, done.logged_models) == (2, 1, 1, 1)
    assert done.experiments == 2, "that which every store has, `Default`, too"
    assert (done.params, done.points) == (1, 6002)
    assert done.files >= 3
    assert done.skipped == [f"{old}: 1 points of 'early' at steps below 0"]

    def read() -> Any:
        mlflow.set_tracking_uri(tracking)
        mlflow.set_registry_uri(tracking)
        client = MlflowClient()
        experiment = client.get_experiment_by_name("old")
        found = client.search_runs([experiment.experiment_id], order_by=["start_time ASC"])
        run = client.get_run(found[0].info.run_id)
        path = client.download_artifacts(run.info.run_id, "notes/hello.txt")
        model = mlflow.sklearn.load_model("models:/Old Net@champion")
        return experiment, found, run, client.get_metric_history(run.info.run_id, "loss"), Path(path), model, client

    experiment, found, run, history, path, model, client = await in_thread(read)
    assert experiment.tags["team"] == "nlp"
    assert len(found) == 2
    assert (run.info.run_name, run.info.status) == ("first", "FAILED")
    assert (run.info.start_time, run.info.end_time) == (1_600_000_000_000, 1_600_000_100_000)
    assert run.data.params == {"lr": "0.1"}
    assert [(point.value, point.timestamp, point.step) for point in history] == [
        (1 / (step + 1), step + 7, step) for step in range(6000)
    ]
    odd = await in_thread(lambda: client.get_metric_history(run.info.run_id, "odd"))
    assert sorted(str(point.value) for point in odd) == ["-1.5", "nan"]
    assert path.read_text() == "hello"
    assert model.predict([[1.0]]) == [1]
    again = await bring(other, tracking, key)
    assert vars(again) == vars(Summary(skipped=done.skipped)), "a second import adds nothing"


async def brought_over(tracking: str) -> tuple[list[float], str, Any]:
    """Values of the first run's loss, its text, and what the model says, from here."""

    def read() -> tuple[list[float], str, Any]:
        mlflow.set_tracking_uri(tracking)
        mlflow.set_registry_uri(tracking)
        client = MlflowClient()
        experiment = client.get_experiment_by_name("old")
        assert experiment is not None
        run = client.search_runs([experiment.experiment_id], order_by=["start_time ASC"])[0].info.run_id
        history = [point.value for point in client.get_metric_history(run, "loss")]
        text = Path(client.download_artifacts(run, "notes/hello.txt")).read_text()
        return history, text, mlflow.sklearn.load_model("models:/Old Net@champion").predict([[1.0]]).tolist()

    return await in_thread(read)


ALL = ([1 / (step + 1) for step in range(6000)], "hello", [1])


async def test_a_folder_of_runs_is_brought_over(
    tracking: str, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`mlruns`, as MLflow had it by default until its third version."""
    folder = tmp_path / "mlruns"
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    await in_thread(lambda: fill(folder.as_uri(), None))
    # Without it MLflow refuses such a folder.
    monkeypatch.delenv("MLFLOW_ALLOW_FILE_STORE")
    done = await bring(str(folder), tracking, key)
    assert (done.runs, done.models, done.versions, done.points) == (2, 1, 1, 6002)
    assert await brought_over(tracking) == ALL
    assert (await bring(str(folder), tracking, key)).points == 0


async def test_an_import_that_broke_off_goes_on(tracking: str, key: str, other: str, tmp_path: Path) -> None:
    await in_thread(lambda: fill(other, tmp_path / "files"))
    transport = Transport(tracking, key)
    requests = 0
    send = transport.request

    def breaks_off(*arguments: Any, **options: Any) -> Any:
        nonlocal requests
        requests += 1
        if requests > 8:
            raise ConnectionAbortedError
        return send(*arguments, **options)

    transport.request = breaks_off  # type: ignore[method-assign]
    first = Import(other, transport, lambda _: None)
    with pytest.raises(ConnectionAbortedError):
        await in_thread(first.run)
    transport.close()
    rest = await bring(other, tracking, key)
    assert first.summary.points + rest.points == 6002
    assert first.summary.points > 0, "it broke off in the middle"
    assert (first.summary.runs + rest.runs, rest.versions) == (2, 1)
    assert (await bring(other, tracking, key)).points == 0


def test_what_is_no_store_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrineError, match="There is no store"):
        Import(str(tmp_path / "nothing"), Transport("http://127.0.0.1:1", None), lambda _: None)
