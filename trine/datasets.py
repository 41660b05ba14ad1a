"""Files of this machine become a version of a dataset."""

from pathlib import Path

from trine.artifacts import Progress, upload
from trine.client import Client
from trine.records.datasets import DatasetVersion

EXPERIMENT = "datasets"
"""In which the runs are that bring files in."""


def publish(
    client: Client,
    name: str,
    path: Path,
    *,
    description: str = "",
    project: str | None = None,
    progress: Progress | None = None,
) -> DatasetVersion:
    """The next version of the dataset `name`, which is made where it is missing; of the same files, the version that
    there is. Contents that the platform has are not sent again."""
    dataset = client.datasets.create(name=name, description=description, project=project)
    experiment = client.experiments.create(name=EXPERIMENT, project=project)
    body = {"name": f"{name} from {path.resolve().name}"[:200], "tags": {"dataset": name}}
    run = client.transport.request("POST", f"/api/v1/experiments/{experiment.id}/runs", json=body).json()["id"]
    status = "failed"
    try:
        artifact = upload(client.transport, run, path, name=name, type="dataset", progress=progress)
        version = client.datasets.create_version(dataset.id, artifact_id=artifact)
        status = "succeeded"
    finally:
        client.transport.request("PATCH", f"/api/v1/runs/{run}", json={"status": status})
    return version
