from collections.abc import AsyncIterator

from trine.errors import NotFound
from trine.records.datasets import Dataset, DatasetDetail, DatasetVersion
from trine.resources.aio.base import API, Reference, Resource


class Datasets(Resource):
    async def create(self, *, name: str, description: str = "", project: str | None = None) -> Dataset:
        """The dataset of that name, made where it is missing."""
        place = f"/projects/{await self._connection.project(project)}/datasets"
        return await self._one(Dataset, "POST", place, json={"name": name, "description": description})

    async def list(
        self, *, name: str | None = None, project: str | None = None, limit: int | None = None
    ) -> AsyncIterator[Dataset]:
        """The newest first; with `name`, those whose name has it in it."""
        place = f"/projects/{await self._connection.project(project)}/datasets"
        async for found in self._pages(Dataset, place, limit=limit, name=name):
            yield found

    async def get(self, dataset: Reference) -> DatasetDetail:
        """With its versions."""
        return await self._one(DatasetDetail, "GET", f"/datasets/{dataset}")

    async def find(self, name: str, *, project: str | None = None) -> DatasetDetail:
        """By its name; raises `NotFound`."""
        async for found in self.list(name=name, project=project):
            if found.name == name:
                return await self.get(found.id)
        raise NotFound(f"There is no dataset {name!r} in the project.", status=404, code="not_found")

    async def create_version(self, dataset: Reference, *, artifact_id: Reference) -> DatasetVersion:
        """Of an artifact of type `dataset` in the same project; columns and rows are what its files say."""
        place = f"/datasets/{dataset}/versions"
        return await self._one(DatasetVersion, "POST", place, json={"artifact_id": str(artifact_id)})

    async def remove(self, dataset: Reference) -> None:
        """With its versions; the artifacts that they are made of stay."""
        await self._transport.request("DELETE", f"{API}/datasets/{dataset}")
