"""How many there may be of what one request adds to: lists that are read whole need an end, and so do the others."""

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement

from app.errors import Invalid
from app.kit.repository import Repository


class Listed(StrEnum):
    """What there is, and of what it is."""

    PROJECTS = "projects of an organization"
    MEMBERS = "members of an organization"
    SERVICE_ACCOUNTS = "service accounts of an organization"
    KEYS = "API keys of one owner in an organization"
    ARTIFACTS = "artifacts of a run"
    DATASET_VERSIONS = "versions of a dataset"
    INPUTS = "artifacts that a run read"
    UPLOADS = "uploads to a run that go on, or ended less than a day ago"
    DEPLOYMENTS = "deployments of a service that have not ended"
    RUN_VIEWS = "views of the runs of a project"
    WEBHOOKS = "webhooks of a project"
    GATES = "gates of the models of a project"
    APPROVALS = "approvals of a version"


MOST = {
    Listed.PROJECTS: 1_000,
    Listed.MEMBERS: 10_000,
    Listed.SERVICE_ACCOUNTS: 1_000,
    Listed.KEYS: 1_000,
    Listed.ARTIFACTS: 10_000,
    Listed.DATASET_VERSIONS: 10_000,
    Listed.INPUTS: 10_000,
    Listed.UPLOADS: 10_000,
    Listed.DEPLOYMENTS: 100,
    Listed.RUN_VIEWS: 1_000,
    Listed.WEBHOOKS: 100,
    Listed.GATES: 1_000,
    Listed.APPROVALS: 1_000,
}


async def check_room(repository: Repository[Any], listed: Listed, *criteria: ColumnElement[bool]) -> None:
    """Raises `Invalid` where there are as many as there may be. Who come at the same moment are not told apart: so
    many more can slip through."""
    if await repository.reaches(MOST[listed], *criteria):
        raise Invalid(
            f"there can be {MOST[listed]:,} {listed}, and there are: remove or stop one that is not needed any more",
            code="limit_reached",
        )
