from collections.abc import AsyncIterator

from trine.records.registry import Model, ModelDetail, ModelVersion
from trine.resources.aio.base import Reference, Resource


class Models(Resource):
    async def create(self, *, name: str, description: str = "", project: str | None = None) -> Model:
        """The model of that name, made where it is missing."""
        place = f"/projects/{await self._connection.project(project)}/models"
        return await self._one(Model, "POST", place, json={"name": name, "description": description})

    async def get(self, model: Reference) -> ModelDetail:
        """With its versions."""
        return await self._one(ModelDetail, "GET", f"/models/{model}")

    async def list(self, *, project: str | None = None, limit: int | None = None) -> AsyncIterator[Model]:
        place = f"/projects/{await self._connection.project(project)}/models"
        async for found in self._pages(Model, place, limit=limit):
            yield found

    async def create_version(self, model: Reference, *, artifact_id: Reference) -> ModelVersion:
        """Of an artifact of type `model` in the same project."""
        return await self._one(
            ModelVersion, "POST", f"/models/{model}/versions", json={"artifact_id": str(artifact_id)}
        )

    async def set_alias(self, model: Reference, alias: str, *, version: int) -> ModelVersion:
        return await self._one(ModelVersion, "PUT", f"/models/{model}/aliases/{alias}", json={"version": version})

    async def remove_alias(self, model: Reference, alias: str) -> None:
        await self._transport.request("DELETE", f"/api/v1/models/{model}/aliases/{alias}")
