"""Optional OpenTelemetry traces, sent by OTLP over HTTP; off, and next to free, until `configure` is given an address.

What a span may say is a list of names (`ATTRIBUTES`): no prompt, no answer, no credential can get into one by mistake,
and an error leaves its type alone.
"""

from asyncio import CancelledError
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Literal, Self

ATTRIBUTES = frozenset(
    {
        "http.request.method",
        "http.route",
        "http.response.status_code",
        "gen_ai.request.model",
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.output_tokens",
        "trine.request_id",
        "trine.stream",
        "trine.first_token_seconds",
        "trine.workload.kind",
        "trine.workload.name",
    }
)
CARRIED = ("traceparent", "tracestate")
"""Headers of W3C Trace Context."""

Kind = Literal["SERVER", "INTERNAL"]
Value = str | bool | int | float

_provider: Any = None


class Span:
    """Of nothing, while tracing is off."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        pass

    def set(self, attributes: Mapping[str, Value]) -> None:
        """Raises ValueError for a name that is not in `ATTRIBUTES`."""

    def rename(self, name: str) -> None:
        pass

    def fail(self, why: str) -> None:
        """`why` is a type or a status, never what somebody sent."""


OFF = Span()


def configure(endpoint: str | None, service: str) -> None:
    """Begins to trace as `service`; `endpoint` is a collector's address, below which `/v1/traces` takes spans.

    OTEL_TRACES_SAMPLER and the other variables of OpenTelemetry's SDK hold. Raises RuntimeError where the exporter is
    not installed.
    """
    global _provider
    if not endpoint or _provider is not None:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise RuntimeError(
            f"OTEL_EXPORTER_OTLP_ENDPOINT is set and {error.name} is missing: "
            "install opentelemetry-exporter-otlp-proto-http, or unset it"
        ) from error
    # Not the process's global one, which Ray and vLLM may set.
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")))
    _provider = provider


def stop() -> None:
    """Sends what is left, for seconds where nobody takes it."""
    global _provider
    if _provider is not None:
        _provider.shutdown()
        _provider = None


def on() -> bool:
    return _provider is not None


def span(
    name: str,
    attributes: Mapping[str, Value] | None = None,
    *,
    kind: Kind = "INTERNAL",
    parent: Mapping[str, str] | None = None,
    current: bool = True,
) -> Span:
    """A context manager. `parent` is what `carried` gave elsewhere; without it, the current span is.

    A generator must not make its span the `current` one: its parts run in the contexts of its readers.
    """
    if _provider is None:
        return OFF
    return _Live(name, attributes or {}, kind, parent, current)


def carried() -> dict[str, str]:
    """The current span, in the headers of W3C Trace Context; empty where nothing is traced."""
    if _provider is None:
        return {}
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier


class _Live(Span):
    def __init__(
        self, name: str, attributes: Mapping[str, Value], kind: Kind, parent: Mapping[str, str] | None, current: bool
    ) -> None:
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        context = TraceContextTextMapPropagator().extract(parent) if parent else None
        self._span: Any = _provider.get_tracer("trine").start_span(name, context=context, kind=SpanKind[kind])
        self._current = current
        self._token: Any = None
        self.set(attributes)

    def __enter__(self) -> Self:
        if self._current:
            from opentelemetry import context, trace

            self._token = context.attach(trace.set_span_in_context(self._span))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._token is not None:
            from opentelemetry import context

            context.detach(self._token)
        if kind is not None:
            self.fail("left" if kind in (GeneratorExit, CancelledError) else kind.__name__)
        self._span.end()

    def set(self, attributes: Mapping[str, Value]) -> None:
        if unknown := set(attributes) - ATTRIBUTES:
            raise ValueError(f"not in trine.tracing.ATTRIBUTES: {', '.join(sorted(unknown))}")
        self._span.set_attributes(attributes)

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def fail(self, why: str) -> None:
        from opentelemetry.trace import StatusCode

        self._span.set_status(StatusCode.ERROR, why)
