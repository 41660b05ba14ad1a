# Made of `trine/resources/aio` by `scripts/blocking_client.py`: change that, then run it.
# ruff: noqa
from collections.abc import Iterator

from trine.records.registry import Model, ModelDetail, ModelVersion
from trine.resources.blocking.base import Reference, Resource


class Models(Resource):
    def create(self, *, name: str, description: str = "", project: str | None = None) -> Model:
        """The model of that name, made where it is missing."""
        place = f"/projects/{self._connection.project(project)}/models"
        return self._one(Model, "POST", place, json={"name": name, "description": description})

    def get(self, model: Reference) -> ModelDetail:
        """With its versions."""
        return self._one(ModelDetail, "GET", f"/models/{model}")

    def list(self, *, project: str | None = None, limit: int | None = None) -> Iterator[Model]:
        place = f"/projects/{self._connection.project(project)}/models"
        for found in self._pages(Model, place, limit=limit):
            yield found

    def create_version(self, model: Reference, *, artifact_id: Reference) -> ModelVersion:
        """Of an artifact of type `model` in the same project."""
        return self._one(ModelVersion, "POST", f"/models/{model}/versions", json={"artifact_id": str(artifact_id)})

    def set_alias(self, model: Reference, alias: str, *, version: int) -> ModelVersion:
        return self._one(ModelVersion, "PUT", f"/models/{model}/aliases/{alias}", json={"version": version})

    def remove_alias(self, model: Reference, alias: str) -> None:
        self._transport.request("DELETE", f"/api/v1/models/{model}/aliases/{alias}")
