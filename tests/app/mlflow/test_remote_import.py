"""`trine import mlflow http://…`: a real `mlflow server` process, behind a proxy that asks for a password."""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import mlflow
import pytest
from mlflow.tracking import MlflowClient
from mlflow.utils.file_utils import local_file_uri_to_path

from bench.mlflow_server import mlflow_server
from tests.app.mlflow.conftest import in_thread
from tests.app.mlflow.password_proxy import NAME, PASSWORD, PasswordProxy
from tests.app.mlflow.test_import import ALL, bring, brought_over, fill
from tests.fixtures.app import serving
from trine.errors import TrineError
from trine.mlflow_import import Import, Summary
from trine.transport import Transport

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning", "ignore:Starting with pandas"),
]


@pytest.fixture(scope="module")
def filled() -> Iterator[str]:
    """Address of the server itself, which holds what the tests bring over."""
    with pytest.MonkeyPatch.context() as patch, mlflow_server(sys.executable, workers=1) as server:
        patch.setenv("MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT", "1")
        fill(server.url, None)
        mlflow.set_tracking_uri(None)
        mlflow.set_registry_uri(None)
        yield server.url


@pytest.fixture
async def proxy(filled: str) -> AsyncIterator[PasswordProxy]:
    made = PasswordProxy(filled)
    yield made
    await made.close()


@pytest.fixture
async def other(proxy: PasswordProxy, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The address that people use, and their credentials in the environment as MLflow's client reads them."""
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", NAME)
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", PASSWORD)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    async with serving(proxy) as address:
        yield address


@pytest.fixture
def as_ours() -> Iterator[None]:
    """MLflow's client is left as it was."""
    yield
    mlflow.set_tracking_uri(None)
    mlflow.set_registry_uri(None)


def use(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """MLflow's client of this process asks the platform from now on."""
    monkeypatch.delenv("MLFLOW_TRACKING_USERNAME")
    monkeypatch.delenv("MLFLOW_TRACKING_PASSWORD")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", key)


async def test_a_server_is_brought_over_in_two_goes(
    served: str, key: str, other: str, proxy: PasswordProxy, as_ours: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes away in the middle: what is told says so, and the second go makes nothing twice."""
    proxy.downloads_left = 1
    transport = Transport(served, key)
    first = Import(other, transport, lambda _: None)
    with pytest.raises(TrineError, match=r"(?s)could not be read.*it goes on where it stopped"):
        await in_thread(first.run)
    transport.close()
    assert first.summary.files == 1
    assert first.summary.versions == 0, "it broke off in the middle"
    proxy.downloads_left = None

    rest = await bring(other, served, key)
    assert (first.summary.runs + rest.runs, first.summary.points + rest.points) == (2, 6002)
    assert rest.files > 0
    assert (rest.models, rest.versions) == (1, 1)
    assert len(proxy.credentials) == 1, "the platform's key was sent to the other server"
    again = await bring(other, served, key)
    assert vars(again) == vars(Summary(skipped=rest.skipped)), "a third go adds nothing"

    use(key, monkeypatch)
    assert await brought_over(served) == ALL


async def test_without_the_password_it_is_said_what_is_missing(
    served: str, key: str, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "wrong")
    with pytest.raises(TrineError, match=r"(?s)401.*a name and a password are needed.*MLFLOW_TRACKING_PASSWORD"):
        await bring(other, served, key)


async def test_the_platform_s_key_is_sent_to_no_other_server(
    served: str, key: str, other: str, proxy: PasswordProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever uses MLflow with the platform has it in the variable that MLflow's client sends everywhere."""
    monkeypatch.delenv("MLFLOW_TRACKING_USERNAME")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", key)
    with pytest.raises(TrineError, match="MLFLOW_TRACKING_TOKEN is your key of this platform"):
        await bring(other, served, key)
    assert proxy.credentials == set()


async def test_files_on_the_server_s_own_disk_are_not_read_from_this_one(
    served: str, key: str, filled: str, other: str, tmp_path: Path, as_ours: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that names a folder would otherwise have whatever lies there on this machine uploaded."""
    client = MlflowClient(tracking_uri=filled)

    def name_it() -> tuple[str, str]:
        experiment = client.create_experiment("elsewhere", artifact_location=tmp_path.as_uri())
        folder = Path(local_file_uri_to_path(client.create_run(experiment).info.artifact_uri))
        folder.mkdir(parents=True)
        (folder / "secret.txt").write_text("secret")
        return experiment, str(folder)

    experiment, folder = await in_thread(name_it)
    try:
        done = await bring(other, served, key)
    finally:
        await in_thread(lambda: client.delete_experiment(experiment))
    assert [each for each in done.skipped if folder in each and "disk of the server" in each]

    def files() -> list[str]:
        ours = MlflowClient(tracking_uri=served)
        (run,) = ours.search_runs([ours.get_experiment_by_name("elsewhere").experiment_id])
        return [file.path for file in ours.list_artifacts(run.info.run_id)]

    use(key, monkeypatch)
    assert await in_thread(files) == []
