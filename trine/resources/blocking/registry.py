# Made of `trine/resources/aio` by `scripts/blocking_client.py`: change that, then run it.
# ruff: noqa
from collections.abc import Iterator, Mapping, Sequence
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
from trine.resources.blocking.base import API, Reference, Resource
from trine.resources.body import spec_body
from trine.specs.registry import Rule


class Models(Resource):
    def create(
        self,
        *,
        name: str,
        description: str = "",
        tags: Mapping[str, str] | None = None,
        project: str | None = None,
    ) -> Model:
        """The model of that name, made where it is missing."""
        place = f"/projects/{self._connection.project(project)}/models"
        body = {"name": name, "description": description, "tags": dict(tags or {})}
        return self._one(Model, "POST", place, json=body)

    def get(self, model: Reference) -> ModelDetail:
        """With its versions."""
        return self._one(ModelDetail, "GET", f"/models/{model}")

    def list(self, *, project: str | None = None, limit: int | None = None) -> Iterator[Model]:
        place = f"/projects/{self._connection.project(project)}/models"
        for found in self._pages(Model, place, limit=limit):
            yield found

    def update(self, model: Reference, **changes: Any) -> Model:
        """Of `name`, `description` and `tags`, which are replaced as a whole."""
        return self._one(Model, "PATCH", f"/models/{model}", json=changes)

    def create_version(self, model: Reference, *, artifact_id: Reference, **told: Any) -> ModelVersion:
        """Of an artifact of type `model` in the same project; `told`: `description`, `tags`, `licence`."""
        body = {"artifact_id": str(artifact_id), **told}
        return self._one(ModelVersion, "POST", f"/models/{model}/versions", json=body)

    def version(self, model: Reference, version: int) -> ModelVersionDetail:
        """With the files that it is made of."""
        return self._one(ModelVersionDetail, "GET", f"/models/{model}/versions/{version}")

    def update_version(self, model: Reference, version: int, **changes: Any) -> ModelVersion:
        """Of `description`, `licence` and `tags`, which are replaced as a whole."""
        return self._one(ModelVersion, "PATCH", f"/models/{model}/versions/{version}", json=changes)

    def remove_version(self, model: Reference, version: int) -> None:
        self._transport.request("DELETE", f"{API}/models/{model}/versions/{version}")

    def undelete_version(self, model: Reference, version: int) -> ModelVersion:
        return self._one(ModelVersion, "POST", f"/models/{model}/versions/{version}:undelete")

    def card(self, model: Reference, version: int) -> ModelCard:
        """What somebody wrote, or one made from the run."""
        return self._one(ModelCard, "GET", f"/models/{model}/versions/{version}/card")

    def write_card(self, model: Reference, version: int, markdown: str) -> ModelCard:
        place = f"/models/{model}/versions/{version}/card"
        return self._one(ModelCard, "PUT", place, json={"markdown": markdown})

    def remove_card(self, model: Reference, version: int) -> ModelCard:
        """The card that is made from the run again."""
        return self._one(ModelCard, "DELETE", f"/models/{model}/versions/{version}/card")

    def lineage(self, model: Reference, version: int) -> Lineage:
        """From data to the version, and on to deployments and simulations, with what each step took."""
        return self._one(Lineage, "GET", f"/models/{model}/versions/{version}/lineage")

    def set_alias(self, model: Reference, alias: str, *, version: int, override: str | None = None) -> ModelVersion:
        """`override`: why it moves although its gate is closed, for admins. Raises `Conflict` (`gate_closed`)."""
        body = {"version": version} | ({"override": override} if override else {})
        return self._one(ModelVersion, "PUT", f"/models/{model}/aliases/{alias}", json=body)

    def remove_alias(self, model: Reference, alias: str) -> None:
        self._transport.request("DELETE", f"{API}/models/{model}/aliases/{alias}")

    def check_alias(self, model: Reference, alias: str, *, version: int) -> GateCheck:
        """What the gate of the alias says of a version; nothing is moved."""
        return self._one(GateCheck, "GET", f"/models/{model}/aliases/{alias}:check", version=version)

    def gates(self, model: Reference) -> Sequence[ModelGate]:
        """All that hold for its aliases, its project's among them."""
        return self._all(ModelGate, "GET", f"/models/{model}/gates")

    def put_gate(self, model: Reference, alias: str, rules: Sequence[Rule | Mapping[str, Any]]) -> ModelGate:
        """In place of the one that there was."""
        body = {"rules": [spec_body(rule) for rule in rules]}
        return self._one(ModelGate, "PUT", f"/models/{model}/gates/{alias}", json=body)

    def remove_gate(self, model: Reference, alias: str) -> None:
        self._transport.request("DELETE", f"{API}/models/{model}/gates/{alias}")

    def approvals(self, model: Reference, version: int) -> Sequence[ModelApproval]:
        return self._all(ModelApproval, "GET", f"/models/{model}/versions/{version}/approvals")
