"""The application behind `/v1`: OpenAI-compatible inference."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import Response

from app import browser_policy, health, request_context
from app.auth import renewal
from app.cluster.handles import Handles
from app.config import Settings
from app.deps import MayCall
from app.inference import openai_errors
from app.inference.gateway import Engines, Gateway
from app.inference.gateway_dep import GatewayDep
from app.kit import logging
from app.kit.meter import Sink
from app.platform import Platform
from trine import tracing

PREFIX = "/v1"


def build_gateway(
    settings: Settings | None = None, engines: Engines | None = None, *, prefix: str = "", sink: Sink | None = None
) -> FastAPI:
    """`prefix` is what the host does not strip from paths; Serve strips its route prefix. Metrics are told `sink`."""
    configured = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        logging.configure(configured.log_level)
        tracing.configure(configured.otlp_endpoint, "trine-gateway")
        platform = Platform.open(configured, sink)
        gateway = Gateway.open(platform, engines or Handles())
        await platform.start()
        gateway.start()
        app.state.platform = platform
        app.state.gateway = gateway
        yield
        await gateway.stop()
        await platform.close()
        await asyncio.to_thread(tracing.stop)

    app = FastAPI(title="Trine gateway", version="0.1.0", lifespan=lifespan, docs_url=None, redoc_url=None)
    renewal.install(app)
    request_context.install(app, openai_errors.failure, below="" if prefix else PREFIX)
    browser_policy.install(app, configured)
    openai_errors.install(app)
    app.include_router(health.router, prefix=prefix)
    _routes(app, prefix)
    return app


def _routes(app: FastAPI, prefix: str) -> None:
    @app.get(f"{prefix}/models")
    async def models(gateway: GatewayDep, principal: MayCall) -> Response:
        return await gateway.models(principal)

    @app.post(f"{prefix}/chat/completions")
    async def chat_completions(gateway: GatewayDep, principal: MayCall, request: Request) -> Response:
        return await gateway.generate(request, principal, "chat/completions")

    @app.post(f"{prefix}/completions")
    async def completions(gateway: GatewayDep, principal: MayCall, request: Request) -> Response:
        return await gateway.generate(request, principal, "completions")
