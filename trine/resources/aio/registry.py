from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from trine.records.registry import (
    GateCheck,
    Lineage,
    Model,
    ModelApproval,
    ModelCard,
    ModelDetail,
    ModelGate,
    ModelVersion,
    ModelVersionDetail,
)
from trine.resources.aio.base import API, Reference, Resource
from trine.resources.body import spec_body
from trine.specs.registry import Rule


class Models(Resource):
    async def create(
        self,
        *,
        name: str,
        description: str = "",
        tags: Mapping[str, str] | None = None,
        project: str | None = None,
    ) -> Model:
        """The model of that name, made where it is missing."""
        place = f"/projects/{await self._connection.project(project)}/models"
        body = {"name": name, "description": description, "tags": dict(tags or {})}
        return await self._one(Model, "POST", place, json=body)

    async def get(self, model: Reference) -> ModelDetail:
        """With its versions."""
        return await self._one(ModelDetail, "GET", f"/models/{model}")

    async def list(self, *, project: str | None = None, limit: int | None = None) -> AsyncIterator[Model]:
        place = f"/projects/{await self._connection.project(project)}/models"
        async for found in self._pages(Model, place, limit=limit):
            yield found

    async def update(self, model: Reference, **changes: Any) -> Model:
        """Of `name`, `description` and `tags`, which are replaced as a whole."""
        return await self._one(Model, "PATCH", f"/models/{model}", json=changes)

    async def create_version(self, model: Reference, *, artifact_id: Reference, **told: Any) -> ModelVersion:
        """Of an artifact of type `model` in the same project; `told`: `description`, `tags`, `licence`."""
        body = {"artifact_id": str(artifact_id), **told}
        return await self._one(ModelVersion, "POST", f"/models/{model}/versions", json=body)

    async def version(self, model: Reference, version: int) -> ModelVersionDetail:
        """With the files that it is made of."""
        return await self._one(ModelVersionDetail, "GET", f"/models/{model}/versions/{version}")

    async def update_version(self, model: Reference, version: int, **changes: Any) -> ModelVersion:
        """Of `description`, `licence` and `tags`, which are replaced as a whole."""
        return await self._one(ModelVersion, "PATCH", f"/models/{model}/versions/{version}", json=changes)

    async def remove_version(self, model: Reference, version: int) -> None:
        await self._transport.request("DELETE", f"{API}/models/{model}/versions/{version}")

    async def undelete_version(self, model: Reference, version: int) -> ModelVersion:
        return await self._one(ModelVersion, "POST", f"/models/{model}/versions/{version}:undelete")

    async def card(self, model: Reference, version: int) -> ModelCard:
        """What somebody wrote, or one made from the run."""
        return await self._one(ModelCard, "GET", f"/models/{model}/versions/{version}/card")

    async def write_card(self, model: Reference, version: int, markdown: str) -> ModelCard:
        place = f"/models/{model}/versions/{version}/card"
        return await self._one(ModelCard, "PUT", place, json={"markdown": markdown})

    async def remove_card(self, model: Reference, version: int) -> ModelCard:
        """The card that is made from the run again."""
        return await self._one(ModelCard, "DELETE", f"/models/{model}/versions/{version}/card")

    async def lineage(self, model: Reference, version: int) -> Lineage:
        """From data to the version, and on to deployments and simulations, with what each step took."""
        return await self._one(Lineage, "GET", f"/models/{model}/versions/{version}/lineage")

    async def set_alias(
        self, model: Reference, alias: str, *, version: int, override: str | None = None
    ) -> ModelVersion:
        """`override`: why it moves although its gate is closed, for admins. Raises `Conflict` (`gate_closed`)."""
        body = {"version": version} | ({"override": override} if override else {})
        return await self._one(ModelVersion, "PUT", f"/models/{model}/aliases/{alias}", json=body)

    async def remove_alias(self, model: Reference, alias: str) -> None:
        await self._transport.request("DELETE", f"{API}/models/{model}/aliases/{alias}")

    async def check_alias(self, model: Reference, alias: str, *, version: int) -> GateCheck:
        """What the gate of the alias says of a version; nothing is moved."""
        return await self._one(GateCheck, "GET", f"/models/{model}/aliases/{alias}:check", version=version)

    async def gates(self, model: Reference) -> Sequence[ModelGate]:
        """All that hold for its aliases, its project's among them."""
        return await self._all(ModelGate, "GET", f"/models/{model}/gates")

    async def put_gate(self, model: Reference, alias: str, rules: Sequence[Rule | Mapping[str, Any]]) -> ModelGate:
        """In place of the one that there was."""
        body = {"rules": [spec_body(rule) for rule in rules]}
        return await self._one(ModelGate, "PUT", f"/models/{model}/gates/{alias}", json=body)

    async def remove_gate(self, model: Reference, alias: str) -> None:
        await self._transport.request("DELETE", f"{API}/models/{model}/gates/{alias}")

    async def approvals(self, model: Reference, version: int) -> Sequence[ModelApproval]:
        return await self._all(ModelApproval, "GET", f"/models/{model}/versions/{version}/approvals")
