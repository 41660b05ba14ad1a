"""The web application: API, OpenAPI, and the built interface."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app import api, api_page, browser_policy, errors, health, request_context, web_interface
from app.auth import renewal
from app.config import Settings
from app.experiments.hot import HotRuns
from app.inference.gateway import Engines, Gateway, NoEngines
from app.kit import logging
from app.kit.meter import Sink
from app.platform import Platform
from trine import tracing

DESCRIPTION = "Train, infer, simulate: one open platform for many organizations on one cluster."


def build_app(settings: Settings | None = None, engines: Engines | None = None, sink: Sink | None = None) -> FastAPI:
    """`settings` default to the environment's. Without `engines` nothing is inferred here; `sink` is told metrics."""
    configured = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        logging.configure(configured.log_level)
        tracing.configure(configured.otlp_endpoint, "trine-web")
        platform = Platform.open(configured, sink)
        gateway = Gateway.open(platform, engines or NoEngines())
        await platform.start()
        gateway.start()
        hot_runs = HotRuns(platform.pipeline, platform.announcer)
        app.state.platform = platform
        app.state.hot_runs = hot_runs
        app.state.gateway = gateway
        try:
            yield
        finally:
            await gateway.stop()
            await hot_runs.stop()
            await platform.close()
            await asyncio.to_thread(tracing.stop)

    app = FastAPI(
        title="Trine", version="0.1.0", description=DESCRIPTION, lifespan=lifespan, docs_url=None, redoc_url=None
    )
    renewal.install(app)
    request_context.install(app)
    # Around all the others: what failed is guarded too.
    browser_policy.install(app, configured)
    errors.install(app)
    api.install(app)
    app.include_router(health.router)
    api_page.install(app)
    web_interface.install(app, configured)
    return app
