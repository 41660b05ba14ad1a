"""The platform as objects: `Client` waits for each answer, `AsyncClient` is for asyncio. Their methods are the same."""

from types import TracebackType
from typing import Self

import trine.resources.aio.accounts as aio_accounts
import trine.resources.aio.activity as aio_activity
import trine.resources.aio.administration as aio_administration
import trine.resources.aio.comparison as aio_comparison
import trine.resources.aio.datasets as aio_datasets
import trine.resources.aio.inference as aio_inference
import trine.resources.aio.organizations as aio_organizations
import trine.resources.aio.registry as aio_registry
import trine.resources.aio.scheduling as aio_scheduling
import trine.resources.aio.simulation as aio_simulation
import trine.resources.aio.tracking as aio_tracking
import trine.resources.aio.training as aio_training
import trine.resources.aio.tuning as aio_tuning
import trine.resources.aio.webhooks as aio_webhooks
import trine.resources.blocking.accounts as accounts
import trine.resources.blocking.activity as activity
import trine.resources.blocking.administration as administration
import trine.resources.blocking.comparison as comparison
import trine.resources.blocking.datasets as datasets
import trine.resources.blocking.inference as inference
import trine.resources.blocking.organizations as organizations
import trine.resources.blocking.registry as registry
import trine.resources.blocking.scheduling as scheduling
import trine.resources.blocking.simulation as simulation
import trine.resources.blocking.tracking as tracking
import trine.resources.blocking.training as training
import trine.resources.blocking.tuning as tuning
import trine.resources.blocking.webhooks as webhooks
from trine.home import credentials
from trine.resources.aio.base import Connection as AsyncConnection
from trine.resources.blocking.base import Connection
from trine.transport import AsyncTransport, Transport


class Client:
    """Address and key default to `TRINE_URL` and `TRINE_API_KEY`, then to `$TRINE_HOME/credentials.json`.

    Every method raises a `TrineError`: `AuthenticationError`, `PermissionDenied`, `NotFound`, `Conflict`,
    `ValidationFailed`, `RateLimited`, `ServerError` or `ConnectionFailed`.
    """

    def __init__(self, url: str | None = None, api_key: str | None = None, *, project: str | None = None) -> None:
        url, api_key, project = _given(url, api_key, project)
        self.transport = Transport(url, api_key)
        connection = Connection(self.transport, project)
        self.account = accounts.Account(connection)
        self.organizations = organizations.Organizations(connection)
        self.service_accounts = organizations.ServiceAccounts(connection)
        self.projects = accounts.Projects(connection)
        self.api_keys = accounts.ApiKeys(connection)
        self.administration = administration.Administration(connection)
        self.events = activity.Events(connection)
        self.experiments = tracking.Experiments(connection)
        self.runs = tracking.Runs(connection)
        self.run_views = comparison.RunViews(connection)
        self.artifacts = tracking.Artifacts(connection)
        self.datasets = datasets.Datasets(connection)
        self.training_jobs = training.TrainingJobs(connection)
        self.studies = tuning.Studies(connection)
        self.simulations = simulation.Simulations(connection)
        self.environments = simulation.Environments(connection)
        self.models = registry.Models(connection)
        self.webhooks = webhooks.Webhooks(connection)
        self.services = inference.Services(connection)
        self.workloads = scheduling.Workloads(connection)
        self.queues = scheduling.Queues(connection)
        self.nodes = scheduling.Nodes(connection)

    def close(self) -> None:
        self.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient:
    """`Client` for asyncio."""

    def __init__(self, url: str | None = None, api_key: str | None = None, *, project: str | None = None) -> None:
        url, api_key, project = _given(url, api_key, project)
        self.transport = AsyncTransport(url, api_key)
        connection = AsyncConnection(self.transport, project)
        self.account = aio_accounts.Account(connection)
        self.organizations = aio_organizations.Organizations(connection)
        self.service_accounts = aio_organizations.ServiceAccounts(connection)
        self.projects = aio_accounts.Projects(connection)
        self.api_keys = aio_accounts.ApiKeys(connection)
        self.administration = aio_administration.Administration(connection)
        self.events = aio_activity.Events(connection)
        self.experiments = aio_tracking.Experiments(connection)
        self.runs = aio_tracking.Runs(connection)
        self.run_views = aio_comparison.RunViews(connection)
        self.artifacts = aio_tracking.Artifacts(connection)
        self.datasets = aio_datasets.Datasets(connection)
        self.training_jobs = aio_training.TrainingJobs(connection)
        self.studies = aio_tuning.Studies(connection)
        self.simulations = aio_simulation.Simulations(connection)
        self.environments = aio_simulation.Environments(connection)
        self.models = aio_registry.Models(connection)
        self.webhooks = aio_webhooks.Webhooks(connection)
        self.services = aio_inference.Services(connection)
        self.workloads = aio_scheduling.Workloads(connection)
        self.queues = aio_scheduling.Queues(connection)
        self.nodes = aio_scheduling.Nodes(connection)

    async def close(self) -> None:
        await self.transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()


def _given(url: str | None, api_key: str | None, project: str | None) -> tuple[str, str | None, str | None]:
    if url and api_key:
        return url, api_key, project
    found = credentials()
    return url or found.url, api_key or found.api_key, project or found.project or None
