# Made of `trine/resources/aio` by `scripts/blocking_client.py`: change that, then run it.
# ruff: noqa
from collections.abc import Iterator

from trine.errors import NotFound
from trine.records.datasets import Dataset, DatasetDetail, DatasetVersion
from trine.resources.blocking.base import API, Reference, Resource


class Datasets(Resource):
    def create(self, *, name: str, description: str = "", project: str | None = None) -> Dataset:
        """The dataset of that name, made where it is missing."""
        place = f"/projects/{self._connection.project(project)}/datasets"
        return self._one(Dataset, "POST", place, json={"name": name, "description": description})

    def list(
        self, *, name: str | None = None, project: str | None = None, limit: int | None = None
    ) -> Iterator[Dataset]:
        """The newest first; with `name`, those whose name has it in it."""
        place = f"/projects/{self._connection.project(project)}/datasets"
        for found in self._pages(Dataset, place, limit=limit, name=name):
            yield found

    def get(self, dataset: Reference) -> DatasetDetail:
        """With its versions."""
        return self._one(DatasetDetail, "GET", f"/datasets/{dataset}")

    def find(self, name: str, *, project: str | None = None) -> DatasetDetail:
        """By its name; raises `NotFound`."""
        for found in self.list(name=name, project=project):
            if found.name == name:
                return self.get(found.id)
        raise NotFound(f"There is no dataset {name!r} in the project.", status=404, code="not_found")

    def create_version(self, dataset: Reference, *, artifact_id: Reference) -> DatasetVersion:
        """Of an artifact of type `dataset` in the same project; columns and rows are what its files say."""
        place = f"/datasets/{dataset}/versions"
        return self._one(DatasetVersion, "POST", place, json={"artifact_id": str(artifact_id)})

    def remove(self, dataset: Reference) -> None:
        """With its versions; the artifacts that they are made of stay."""
        self._transport.request("DELETE", f"{API}/datasets/{dataset}")
