"""Traces as a collector gets them: gateway, engine and controller, one trace, and nothing that was said."""

from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry.proto.trace.v1.trace_pb2 import Status as SpanStatus

from app.config import Settings
from app.inference.gateway_app import build_gateway
from app.main import build_app
from deployments.engines.traced import traced
from tests.app.kit.test_logging import KEY, PROMPT
from tests.fixtures.app import client, serving
from tests.fixtures.auth import Person
from tests.fixtures.otlp import Collector, attributes
from tests.fixtures.scheduling import TINY, Desk
from tests.fixtures.services import FakeEngines, deploy
from trine import tracing

TRACE = "0af7651916cd43dd8448eb211c80319c"
CALLER = "b7ad6b7169203331"


class TracedEngines(FakeEngines):
    """Hands the trace over as `Handles` does, to what a replica does with it."""

    async def stream(self, application: str, path: str, body: dict[str, Any]) -> AsyncGenerator[Any, None]:
        async for item in traced(super().stream(application, path, body), model="m", parent=tracing.carried()):
            yield item


@pytest.mark.parametrize("streamed", [False, True])
async def test_from_the_client_through_the_gateway_to_the_engine(
    ada: Person, desk: Desk, settings: Settings, collector: Collector, streamed: bool
) -> None:
    await deploy(ada, desk)
    app = build_gateway(settings.model_copy(update={"otlp_endpoint": collector.address}), TracedEngines(), prefix="/v1")
    headers = {"traceparent": f"00-{TRACE}-{CALLER}-01", "tracestate": "vendor=1", "X-Request-ID": "the-request"}
    async with serving(app, lifespan="on") as address, httpx.AsyncClient(headers=ada.headers | headers) as asking:
        body = {"model": "chat", "prompt": PROMPT, "stream": streamed}
        reply = await asking.post(f"{address}/v1/completions?api_key={KEY}", json=body)
        assert reply.status_code == 200
    by_name = {span.name: span for span in collector.spans()}
    assert collector.paths == {"/v1/traces"}
    gateway, engine = by_name["POST /v1/completions"], by_name["generate"]
    assert {span.trace_id.hex() for span in (gateway, engine)} == {TRACE}
    assert (gateway.parent_span_id.hex(), engine.parent_span_id) == (CALLER, gateway.span_id)
    assert (gateway.trace_state, engine.trace_state) == ("vendor=1", "vendor=1")
    assert attributes(gateway) == {
        "trine.request_id": "the-request",
        "http.request.method": "POST",
        "http.route": "/v1/completions",
        "http.response.status_code": 200,
    }
    said = attributes(engine)
    assert said.pop("trine.first_token_seconds")
    assert said == {
        "gen_ai.request.model": "m",
        "trine.stream": streamed,
        "gen_ai.usage.input_tokens": 3,
        "gen_ai.usage.output_tokens": 2,
    }
    assert {value.value.string_value for value in collector.received[0].resource_spans[0].resource.attributes} >= {
        "trine-gateway"
    }
    sent = b"".join(message.SerializeToString() for message in collector.received)
    for secret in (PROMPT, KEY, ada.token):
        assert secret.encode() not in sent


async def test_an_error_leaves_its_status_alone(settings: Settings, collector: Collector) -> None:
    app: FastAPI = build_app(settings.model_copy(update={"otlp_endpoint": collector.address}))

    @app.post("/fail")
    async def fail(body: dict[str, Any]) -> None:
        raise ValueError(f"cannot answer {body}")

    app.router.routes.insert(0, app.router.routes.pop())
    async with app.router.lifespan_context(app), client(app) as asking:
        reply = await asking.post("/fail", json={"prompt": PROMPT}, headers={"traceparent": "nonsense"})
        assert reply.status_code == 500
    (span,) = [span for span in collector.spans() if span.name == "POST /fail"]
    assert (span.status.code, span.status.message, list(span.events)) == (SpanStatus.STATUS_CODE_ERROR, "500", [])
    assert not span.parent_span_id
    assert PROMPT.encode() not in b"".join(message.SerializeToString() for message in collector.received)


async def test_what_the_controller_does_for_a_workload(ada: Person, desk: Desk, collector: Collector) -> None:
    tracing.configure(collector.address, "trine-controller")
    await ada.post(f"/projects/{ada.project_id}/training-jobs", TINY)
    await desk.turn()
    (step, *_) = [span for span in collector.spans() if span.name == "workload.step"]
    said = attributes(step)
    assert said["trine.workload.kind"] == "training"
    assert "tiny" in str(said["trine.workload.name"])


def test_nothing_is_traced_without_an_address(settings: Settings) -> None:
    tracing.configure(settings.otlp_endpoint, "trine-web")
    assert not tracing.on()
    assert tracing.carried() == {}
    assert tracing.span("x") is tracing.OFF


def test_a_span_says_only_what_is_on_the_list(collector: Collector) -> None:
    tracing.configure(collector.address, "test")
    with pytest.raises(ValueError, match="prompt"), tracing.span("x") as span:
        span.set({"prompt": PROMPT})
    assert PROMPT.encode() not in b"".join(message.SerializeToString() for message in collector.received)
