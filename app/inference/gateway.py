"""The gateway: finds who calls, picks a deployment, passes the engine's stream on, counts tokens."""

from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from functools import partial
from typing import Any, Protocol
from uuid import uuid4

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from app.auth import service as auth
from app.auth.permissions import Action, allows
from app.auth.principal import Principal
from app.cluster.base import EngineUnavailable
from app.config import Settings
from app.errors import Conflict, Invalid, NotFound, Unavailable
from app.inference.exchange import RETRY_AFTER, Exchange
from app.inference.lanes import Lanes
from app.inference.presence import ClientLeft, attended
from app.inference.rate_limits import RateLimits
from app.inference.recorder import Record, Recorder
from app.inference.request_body import read_body
from app.inference.routing import Routes
from app.inference.service import TOPIC as SERVICES
from app.inference.token_quotas import TokenQuotas
from app.inference.traffic import Route, Target, choose
from app.inference.usage import Caller, UsageMeter
from app.metrics import BACKLOG, MODEL_TOKENS
from app.platform import Platform
from app.quotas.service import TOPIC as QUOTAS
from app.scheduler.lifecycle import TOPIC as WORKLOADS
from app.standing import headers
from trine.specs.inference import Engine

LEFT = 499
"""Of an answer that nobody waits for any more, in logs: nginx's number, and HAProxy's."""
WRONG_ENGINE = {
    Engine.VLLM: "the service {name!r} serves a tensor model, not a language model: ask it at /v2/models/{name}/infer",
    Engine.TORCH: "the service {name!r} serves a language model, not a tensor model: ask it at /v1/completions",
}
"""By the engine that was wanted."""


class Engines(Protocol):
    """`Handles`, or what a test puts at the border to Ray."""

    def stream(self, application: str, path: str, body: dict[str, Any]) -> AsyncGenerator[Any, None]: ...

    async def infer(self, application: str, body: dict[str, Any]) -> dict[str, Any]: ...


class NoEngines:
    """Of a web application outside a Ray cluster."""

    async def stream(self, application: str, path: str, body: dict[str, Any]) -> AsyncGenerator[Any, None]:
        raise EngineUnavailable("this application runs outside the cluster")
        yield

    async def infer(self, application: str, body: dict[str, Any]) -> dict[str, Any]:
        raise EngineUnavailable("this application runs outside the cluster")


class Gateway:
    def __init__(
        self,
        routes: Routes,
        engines: Engines,
        meter: UsageMeter,
        recorder: Recorder,
        quotas: TokenQuotas,
        settings: Settings,
    ) -> None:
        self._routes = routes
        self._engines = engines
        self._meter = meter
        self._recorder = recorder
        self._settings = settings
        self._quotas = quotas
        self._limits = RateLimits(settings)
        self._lanes = Lanes(settings)

    @classmethod
    def open(cls, platform: Platform, engines: Engines) -> "Gateway":
        """Before the platform is started, so that nothing that changes is missed."""
        routes = Routes(platform.database)
        for topic in (SERVICES, WORKLOADS):
            platform.listener.on_message(topic, routes.forget)
        quotas = TokenQuotas(platform.database)
        platform.listener.on_message(QUOTAS, quotas.forget)
        meter, recorder = UsageMeter(platform.database), Recorder(platform.database)
        gateway = cls(routes, engines, meter, recorder, quotas, platform.settings)
        platform.exporter.reads(gateway.read)
        return gateway

    def start(self) -> None:
        self._meter.start()
        self._recorder.start()

    async def stop(self) -> None:
        await self._meter.stop()
        await self._recorder.stop()
        await self._limits.close()

    async def check(self) -> None:
        """Raises what keeps routes from being read."""
        await self._routes.check()

    def read(self) -> None:
        """Sets the gauges."""
        self._lanes.read()
        BACKLOG.set(self._meter.backlog, "usage")
        BACKLOG.set(self._recorder.backlog, "service-samples")

    async def models(self, principal: Principal) -> Response:
        """Every service of the caller's organizations that answers."""
        standings = await self._limits.admit_caller(principal)
        found: list[dict[str, Any]] = []
        for org_id in principal.roles:
            for route in (await self._routes.of(org_id)).values():
                role = principal.role(org_id, route.project_id)
                if role and allows(role, Action.CALL) and route.targets:
                    created = int(route.created_at.timestamp())
                    found.append(
                        {"id": route.name, "object": "model", "created": created, "owned_by": str(route.project_id)}
                    )
        models = sorted(found, key=lambda model: str(model["id"]))
        return JSONResponse({"object": "list", "data": models}, headers=headers(standings))

    async def generate(self, request: Request, principal: Principal, path: str) -> Response:
        """`path` is `chat/completions` or `completions`."""

        def ask(exchange: Exchange, target: Target, body: dict[str, Any]) -> Coroutine[Any, Any, Response]:
            return exchange.generate(self._engines.stream(target.application, path, body))

        return await self._answer(request, principal, Engine.VLLM, lambda body: body.get("model"), ask)

    async def infer(self, request: Request, principal: Principal, name: str) -> Response:
        """Open Inference Protocol, for models that are not language models."""

        def ask(exchange: Exchange, target: Target, body: dict[str, Any]) -> Coroutine[Any, Any, Response]:
            return exchange.infer(partial(self._engines.infer, target.application, body))

        return await self._answer(request, principal, Engine.TORCH, lambda body: name, ask)

    async def _answer(
        self,
        request: Request,
        principal: Principal,
        engine: Engine,
        named: Callable[[dict[str, Any]], object],
        ask: Callable[[Exchange, Target, dict[str, Any]], Coroutine[Any, Any, Response]],
    ) -> Response:
        """Of a deployment of the service that `named(body)` names."""
        try:
            standings = await self._limits.admit_caller(principal)
            body = await self._body(request)
            caller, target = await self._target(principal, named(body), request, engine)
            standings = await self._limits.admit_organization(caller.org_id, standings)
            await self._quotas.check(caller)
            response = await attended(request, ask(self._exchange(caller, target), target, body))
        except ClientLeft:
            return Response(status_code=LEFT)
        response.headers.update(headers(standings))
        return response

    async def _body(self, request: Request) -> dict[str, Any]:
        limits = self._settings
        return await read_body(request, largest=limits.inference_body_bytes, seconds=limits.inference_body_seconds)

    async def _target(
        self, principal: Principal, name: object, request: Request, engine: Engine
    ) -> tuple[Caller, Target]:
        if not isinstance(name, str) or not name:
            raise Invalid("`model` must be the name of a service", field="model", param="model")
        found = [
            (org_id, route)
            for org_id in principal.roles
            if (route := (await self._routes.of(org_id)).get(name)) and principal.role(org_id, route.project_id)
        ]
        if not found:
            raise NotFound("model", name)
        if len(found) > 1:
            raise Conflict(f"several of your organizations have a service {name!r}: use an API key of one of them")
        org_id, route = found[0]
        auth.require(principal, Action.CALL, org_id, route.project_id)
        able = [target for target in route.targets if target.engine == engine]
        if route.targets and not able:
            raise Invalid(WRONG_ENGINE[engine].format(name=name), field="model", param="model", code="wrong_engine")
        caller = Caller(org_id, route.project_id, route.service_id, principal.user_id)
        try:
            return caller, self._choose(route, able, request)
        except Unavailable:
            self._recorder.of(caller, None).refused()
            raise

    def _choose(self, route: Route, able: Sequence[Target], request: Request) -> Target:
        asked = self._lanes.open([target for target in able if target.weight])
        target = choose(asked, request.headers.get("x-session-id") or uuid4().hex)
        if target is None:
            state = "is still loading" if route.waiting else "has no deployment that answers"
            raise Unavailable(
                f"the service {route.name!r} {state}: try again shortly", code="not_ready", headers=RETRY_AFTER
            )
        return target

    def _exchange(self, caller: Caller, target: Target) -> Exchange:
        record = self._recorder.of(caller, target.deployment_id)
        count = partial(self._count, caller, target, record)
        return Exchange(self._lanes.of(target), self._settings.inference_seconds, record, count)

    async def _count(self, caller: Caller, target: Target, record: Record, usage: dict[str, int]) -> None:
        record.used(**usage)
        MODEL_TOKENS.add(target.application, "in", by=usage["prompt_tokens"])
        MODEL_TOKENS.add(target.application, "out", by=usage["completion_tokens"])
        self._meter.count(caller, **usage)
        self._quotas.charge(caller, sum(usage.values()))
        await self._limits.charge(caller.org_id, sum(usage.values()))
