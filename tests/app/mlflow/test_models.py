"""Artifacts, logged models and the registry, by an unmodified MLflow client and scikit-learn."""

import json
from pathlib import Path
from typing import Any

import mlflow
import mlflow.sklearn
import numpy as np
import pytest
from mlflow.exceptions import MlflowException, RestException
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from mlflow.tracking import MlflowClient
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from tests.app.mlflow.conftest import in_thread
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_artifact, make_run

pytestmark = [
    pytest.mark.usefixtures("tracking"),
    # The client's own, and of pandas through it.
    pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning", "ignore:Starting with pandas"),
]


async def test_artifacts(tmp_path: Path) -> None:
    folder = tmp_path / "plots"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    (folder / "deep" / "b.bin").write_bytes(bytes(range(256)) * 20_000)
    (tmp_path / "名.txt").write_text("名")

    def work() -> None:
        from matplotlib.figure import Figure

        mlflow.set_experiment("artifacts")
        with mlflow.start_run() as run:
            mlflow.log_artifacts(str(folder), artifact_path="plots")
            mlflow.log_artifact(str(tmp_path / "名.txt"))
            mlflow.log_dict({"x": 1}, "config/x.json")
            mlflow.log_text("one", "note.txt")
            mlflow.log_text("two", "note.txt")
            figure = Figure()
            figure.subplots().plot([1, 2])
            mlflow.log_figure(figure, "figure.png")
        client = MlflowClient()
        run_id = run.info.run_id
        top = {file.path: (file.is_dir, file.file_size) for file in client.list_artifacts(run_id)}
        assert set(top) == {"plots", "名.txt", "config", "note.txt", "figure.png"}
        assert top["plots"] == (True, None)
        assert top["note.txt"] == (False, 3)
        assert [file.path for file in client.list_artifacts(run_id, "plots")] == ["plots/a.txt", "plots/deep"]
        assert mlflow.artifacts.load_text(f"{run.info.artifact_uri}/note.txt") == "two"
        fetched = Path(client.download_artifacts(run_id, "", str(tmp_path)))
        assert (fetched / "plots" / "deep" / "b.bin").read_bytes() == (folder / "deep" / "b.bin").read_bytes()
        assert json.loads((fetched / "config" / "x.json").read_text()) == {"x": 1}
        assert (fetched / "名.txt").read_text() == "名"
        repository = get_artifact_repository(run.info.artifact_uri)
        repository.delete_artifacts("plots/deep")
        assert [file.path for file in client.list_artifacts(run_id, "plots")] == ["plots/a.txt"]
        with pytest.raises(Exception, match="there is no"):
            mlflow.artifacts.load_text(f"{run.info.artifact_uri}/nothing.txt")

    await in_thread(work)


async def test_what_the_platform_logged_is_there_too(ada: Person, tmp_path: Path) -> None:
    run = await make_run(ada)
    await make_artifact(ada, run["id"], {"w.safetensors": b"weights", "config.json": b"{}"}, name="checkpoint")

    def work() -> str:
        client = MlflowClient()
        assert [file.path for file in client.list_artifacts(run["id"].replace("-", ""))] == ["checkpoint"]
        path = client.download_artifacts(run["id"].replace("-", ""), "checkpoint/w.safetensors", str(tmp_path))
        return Path(path).read_text()

    assert await in_thread(work) == "weights"


async def test_autolog_and_a_model_back() -> None:
    features, labels = load_iris(return_X_y=True)

    def work() -> None:
        mlflow.set_experiment("iris")
        mlflow.sklearn.autolog(log_datasets=True, log_post_training_metrics=False)
        try:
            with mlflow.start_run() as run:
                LogisticRegression(max_iter=300, C=0.5).fit(features, labels)
        finally:
            mlflow.sklearn.autolog(disable=True)
        logged = MlflowClient().get_run(run.info.run_id)
        assert logged.data.params["C"] == "0.5"
        assert logged.data.metrics["training_score"] > 0.9
        (output,) = logged.outputs.model_outputs
        model = mlflow.sklearn.load_model(f"models:/{output.model_id}")
        assert model.C == 0.5
        by_run = mlflow.sklearn.load_model(f"runs:/{run.info.run_id}/model")
        assert np.array_equal(model.predict(features), by_run.predict(features))

    await in_thread(work)


async def test_the_registry() -> None:
    features, labels = load_iris(return_X_y=True)

    def work() -> None:
        client = MlflowClient()
        mlflow.set_experiment("registry")
        for strength in (0.1, 1.0):
            with mlflow.start_run():
                fitted = LogisticRegression(C=strength, max_iter=300).fit(features, labels)
                info = mlflow.sklearn.log_model(
                    fitted, name="iris", registered_model_name="Iris Model", input_example=features[:2]
                )
        assert info.registered_model_version == "2" or info.registered_model_version == 2
        client.set_registered_model_alias("Iris Model", "champion", "1")
        assert mlflow.sklearn.load_model("models:/Iris Model@champion").C == 0.1
        assert mlflow.sklearn.load_model("models:/Iris Model/2").C == 1.0
        model = client.get_registered_model("Iris Model")
        assert model.aliases == {"champion": 1} or model.aliases == {"champion": "1"}
        assert [version.version for version in model.latest_versions] in (["2"], [2])
        client.set_registered_model_tag("Iris Model", "task", "classify")
        client.set_model_version_tag("Iris Model", "2", "checked", "yes")
        client.update_model_version("Iris Model", "2", description="second")
        client.update_registered_model("Iris Model", "irises")
        found = client.search_registered_models("name ILIKE 'iris%' and tags.task = 'classify'")
        assert [each.description for each in found] == ["irises"]
        versions = client.search_model_versions("name = 'Iris Model'")
        assert [int(each.version) for each in versions] == [2, 1]
        assert versions[0].tags == {"checked": "yes"}
        assert versions[0].description == "second"
        assert versions[1].aliases == ["champion"]
        assert client.get_model_version_by_alias("Iris Model", "champion").run_id == versions[1].run_id
        client.rename_registered_model("Iris Model", "irises")
        with pytest.raises(RestException, match="registered model") as absent:
            client.get_registered_model("Iris Model")
        assert absent.value.error_code == "RESOURCE_DOES_NOT_EXIST"
        client.delete_model_version_tag("irises", "2", "checked")
        with pytest.raises(MlflowException, match="alias"):
            client.transition_model_version_stage("irises", "1", "Production")
        with pytest.raises(RestException, match="not stored here"):
            client.create_model_version("irises", "s3://elsewhere/model")
        client.delete_registered_model_alias("irises", "champion")
        client.delete_model_version("irises", "1")
        assert [int(each.version) for each in client.search_model_versions("name = 'irises'")] == [2]
        client.delete_registered_model("irises")
        assert client.search_registered_models() == []

    await in_thread(work)


async def test_a_model_logged_outside_of_a_run(ada: Person) -> None:
    features, labels = load_iris(return_X_y=True)

    def work() -> Any:
        mlflow.set_experiment("outside")
        fitted = LogisticRegression(max_iter=300).fit(features, labels)
        info = mlflow.sklearn.log_model(fitted, name="alone", params={"depth": 3}, tags={"team": "nlp"})
        model = mlflow.get_logged_model(info.model_id)
        found = mlflow.search_logged_models(
            filter_string="params.depth = '3' AND tags.team = 'nlp'", output_format="list"
        )
        mlflow.set_logged_model_tags(info.model_id, {"more": "1"})
        mlflow.delete_logged_model_tag(info.model_id, "team")
        again = mlflow.get_logged_model(info.model_id)
        return model, found, again, mlflow.sklearn.load_model(info.model_uri)

    model, found, again, loaded = await in_thread(work)
    assert (model.name, model.source_run_id or "", str(model.status)) == ("alone", "", "READY")
    assert [each.model_id for each in found] == [model.model_id]
    assert again.tags["more"] == "1"
    assert "team" not in again.tags
    assert loaded.max_iter == 300
    # To the platform it is one artifact of a run.
    (run,) = (await ada.get(f"/projects/{ada.project_id}/runs"))["items"]
    (artifact,) = await ada.listed(f"/runs/{run['id']}/artifacts")
    assert (artifact["type"], artifact["attributes"]["framework"]) == ("model", "mlflow")
