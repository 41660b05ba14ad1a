"""An MLflow client as its users have it, against the application behind a real port."""

from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import anyio.to_thread
import mlflow
import pytest

from tests.fixtures.auth import Person

R = TypeVar("R")
Client = Callable[[Callable[[], R]], Awaitable[R]]


@pytest.fixture
async def key(ada: Person) -> str:
    made: str = (await ada.api_key("mlflow"))["key"]
    return made


@pytest.fixture
def tracking(served: str, key: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address, which the client of this process uses."""
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", key)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "20")
    # It would import each model in another process, to guess from that what the model needs: most of a minute.
    monkeypatch.setenv("MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT", "1")
    mlflow.set_tracking_uri(served)
    mlflow.set_registry_uri(served)
    yield served
    while mlflow.active_run():
        mlflow.end_run()
    mlflow.set_tracking_uri(None)
    mlflow.set_registry_uri(None)


async def in_thread(work: Callable[[], R]) -> R:
    """The client blocks, and the server runs in this loop."""
    return await anyio.to_thread.run_sync(work)
