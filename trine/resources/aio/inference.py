import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from trine.errors import from_response
from trine.events import EventParser
from trine.records.inference import Deployment, Service, ServiceMetrics
from trine.resources.aio.base import API, Reference, Resource
from trine.resources.body import spec_body
from trine.specs.inference import DeploymentSpec


class Services(Resource):
    async def create(self, *, name: str, description: str = "", project: str | None = None) -> Service:
        place = f"/projects/{await self._connection.project(project)}/services"
        return await self._one(Service, "POST", place, json={"name": name, "description": description})

    async def get(self, service: Reference) -> Service:
        return await self._one(Service, "GET", f"/services/{service}")

    async def list(self, *, project: str | None = None, limit: int | None = None) -> AsyncIterator[Service]:
        place = f"/projects/{await self._connection.project(project)}/services"
        async for found in self._pages(Service, place, limit=limit):
            yield found

    async def remove(self, service: Reference) -> None:
        await self._transport.request("DELETE", f"{API}/services/{service}")

    async def deploy(
        self,
        service: Reference,
        *,
        model: str,
        version: str = "champion",
        weight: int = 100,
        spec: DeploymentSpec | Mapping[str, Any] | None = None,
    ) -> Deployment:
        """A deployment of a model's version (a number or an alias) with a share of the service's traffic."""
        body = {"model": model, "version": version, "weight": weight, "spec": spec_body(spec or {})}
        return await self._one(Deployment, "POST", f"/services/{service}/deployments", json=body)

    async def deployments(self, service: Reference, *, limit: int | None = None) -> AsyncIterator[Deployment]:
        """Those that have ended too."""
        async for found in self._pages(Deployment, f"/services/{service}/deployments", limit=limit):
            yield found

    async def deployment(self, deployment: Reference) -> Deployment:
        return await self._one(Deployment, "GET", f"/deployments/{deployment}")

    async def metrics(
        self,
        service: Reference,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        deployment: Reference | None = None,
    ) -> ServiceMetrics:
        """How it answered, by default in the last hour; of all its deployments, or of one."""
        return await self._one(
            ServiceMetrics,
            "GET",
            f"/services/{service}/metrics",
            since=since and since.isoformat(),
            until=until and until.isoformat(),
            deployment_id=deployment and str(deployment),
        )

    async def wait_ready(self, deployment: Reference, *, within: float | None = None) -> Deployment:
        """The deployment when it answers, or when it has ended because it cannot."""
        return await self._wait(
            Deployment, f"/deployments/{deployment}", within=within, until=lambda workload: workload.phase == "ready"
        )

    async def stop(self, deployment: Reference) -> Deployment:
        return await self._one(Deployment, "POST", f"/deployments/{deployment}:stop")

    async def set_traffic(self, service: Reference, weights: Mapping[str, int]) -> Sequence[Deployment]:
        """Weights by deployment; those not named keep theirs."""
        return await self._all(Deployment, "PUT", f"/services/{service}/traffic", json={"weights": dict(weights)})

    async def chat(self, service: str, messages: Sequence[Mapping[str, str]], **options: Any) -> AsyncIterator[str]:
        """The answer of a service, given by name, piece by piece. `options` are those of OpenAI's chat completions."""
        body = {"model": service, "messages": [dict(each) for each in messages], "stream": True, **options}
        parser = EventParser()
        async with self._transport.open("/v1/chat/completions", method="POST", json=body) as response:
            async for line in response.aiter_lines():
                event = parser.feed(line)
                if event is None or event.data == "[DONE]":
                    continue
                chunk = json.loads(event.data)
                if "error" in chunk:
                    raise from_response(500, chunk)
                for choice in chunk.get("choices", []):
                    if text := choice.get("delta", {}).get("content"):
                        yield text
