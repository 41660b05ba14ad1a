"""What is read from an MLflow store, by MLflow's own client."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from trine.errors import TrineError

PAGE = 500
MODELS_AT_ONCE = 50


class Store:
    def __init__(self, source: str) -> None:
        """A tracking URI, a folder or a file of SQLite. Raises `TrineError` where there is none, or no MLflow."""
        self.uri = tracking_uri(source)
        try:
            from mlflow.tracking import MlflowClient
        except ImportError as error:
            raise TrineError(
                "MLflow is not installed, whose client reads the other store.",
                code="mlflow_missing",
                advice="Install it beside this command: `pip install mlflow`.",
            ) from error
        if urlsplit(self.uri).scheme == "file":
            # MLflow refuses folders of its own, so that nobody begins a new one; here one is only read.
            os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
        self._client = MlflowClient(tracking_uri=self.uri, registry_uri=self.uri)

    @property
    def remote(self) -> bool:
        """Whether the store is behind a server, which says where its files are."""
        return urlsplit(self.uri).scheme in {"http", "https"}

    @contextmanager
    def read(self) -> Iterator[None]:
        """Turns what MLflow's client says of a store that cannot be read into a `TrineError`."""
        from mlflow.exceptions import MlflowException
        from requests import RequestException

        try:
            yield
        except (MlflowException, RequestException) as error:
            raise TrineError(
                f"The other store could not be read: {error}", code="store_unreadable", advice=_advice(self.remote)
            ) from error

    def experiments(self) -> Iterator[Any]:
        return _pages(self._client.search_experiments)

    def runs(self, experiment_id: str) -> Iterator[Any]:
        """The oldest first."""
        return _pages(self._client.search_runs, [experiment_id], order_by=["attributes.start_time ASC"])

    def history(self, run_id: str, name: str) -> list[Any]:
        return list(self._client.get_metric_history(run_id, name))

    def logged_models(self, experiment_id: str) -> Iterator[Any]:
        """None of a store from before MLflow 3."""
        from mlflow.exceptions import MlflowException

        token = None
        while True:
            try:
                page = self._client.search_logged_models([experiment_id], max_results=MODELS_AT_ONCE, page_token=token)
            except (MlflowException, NotImplementedError):
                return
            yield from page
            token = page.token
            if not token:
                return

    def models(self) -> Iterator[Any]:
        return _pages(self._client.search_registered_models)

    def versions(self, name: str) -> list[Any]:
        """The oldest first."""
        found = _pages(self._client.search_model_versions, f"name = '{name}'")
        return sorted(found, key=lambda version: int(version.version))

    def files(self, location: str) -> list[tuple[str, int]]:
        """Paths and sizes. Raises `TrineError` where the location cannot be read, which is no failure of the store's
        own server: that is raised as it is."""
        from mlflow.exceptions import MlflowException
        from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

        if self.remote and urlsplit(location).scheme in {"", "file"}:
            # A path of the server's disk would be looked for on this one, whose files the server has no say in.
            raise TrineError(
                "they lie on the disk of the server, which does not serve them",
                code="unreadable",
                advice="`mlflow server --serve-artifacts` does.",
            )
        if urlsplit(location).scheme == "mlflow-artifacts":
            return list(_below(get_artifact_repository(location, tracking_uri=self.uri), ""))
        try:
            return list(_below(get_artifact_repository(location, tracking_uri=self.uri), ""))
        except (MlflowException, OSError) as error:
            raise TrineError(str(error), code="unreadable") from error

    @contextmanager
    def fetched(self, location: str, path: str) -> Iterator[Path]:
        from mlflow.artifacts import download_artifacts

        with tempfile.TemporaryDirectory() as folder:
            address = f"{location.rstrip('/')}/{path}"
            yield Path(download_artifacts(address, dst_path=folder, tracking_uri=self.uri))


def credential(surroundings: Mapping[str, str]) -> str | None:
    """The bearer that MLflow's client sends to a server; None where it sends a name and a password, or nothing."""
    named = {"MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"} <= surroundings.keys()
    return None if named else surroundings.get("MLFLOW_TRACKING_TOKEN")


def _advice(remote: bool) -> str:
    again = "Run the same command again: it goes on where it stopped."
    if not remote:
        return again
    return (
        "Check the address, and MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN. "
        + again
    )


def tracking_uri(source: str) -> str:
    if "://" in source:
        return source
    path = Path(source).expanduser().resolve()
    if path.is_dir():
        return path.as_uri()
    if path.is_file():
        return f"sqlite:///{path}"
    raise TrineError(f"There is no store at {source}.", code="no_store", advice="Give an address, a folder or a file.")


def _pages(search: Callable[..., Any], *arguments: Any, **options: Any) -> Iterator[Any]:
    token = None
    while True:
        page = search(*arguments, max_results=PAGE, page_token=token, **options)
        yield from page
        token = page.token
        if not token:
            return


def _below(repository: Any, path: str) -> Iterator[tuple[str, int]]:
    for each in repository.list_artifacts(path or None):
        if each.is_dir:
            yield from _below(repository, each.path)
        else:
            yield each.path, int(each.file_size)
