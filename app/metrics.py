"""The one table of metrics. `docs/notes/metrics.md` is written from it; dashboards ask for nothing else of ours.

`application` is the name of a deployment's Serve application, which Ray's own metrics have as well.
"""

from app.kit.meter import Counter, Gauge, Histogram, Metric

PREFIX = "ray_"
"""Ray exports every metric under it,"""
PROCESS = "process"
"""and ours with this label: `web`, `gateway` or `controller`."""

ANSWERS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
TOKENS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1)
FIRST_TOKENS = (0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30)
WAITS = (0.5, 1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 24 * 3600)

HTTP_REQUESTS = Counter(
    "trine_http_requests",
    "Answers, by the class of their status; `none` where the client left before there was one.",
    ("method", "route", "status"),
)
HTTP_SECONDS = Histogram(
    "trine_http_request_seconds",
    "From a request to the head of its answer, seconds.",
    ("method", "route"),
    bounds=ANSWERS,
)

MODEL_REQUESTS = Counter(
    "trine_model_requests",
    "Requests that a deployment worked on: `succeeded` (also where the client was refused for what it asked), "
    "`failed`, or `left` by their client before there was an outcome.",
    ("application", "outcome"),
)
MODEL_TOKENS = Counter("trine_model_tokens", "Tokens, `in` prompts and `out` in answers.", ("application", "direction"))
FIRST_TOKEN_SECONDS = Histogram(
    "trine_model_first_token_seconds",
    "From a request for a stream to its first token, the wait for its turn included, seconds.",
    ("application",),
    bounds=FIRST_TOKENS,
)
INTER_TOKEN_SECONDS = Histogram(
    "trine_model_inter_token_seconds",
    "Between two pieces of a stream, seconds. A piece is a token; of a fast engine, the tokens of 20 ms.",
    ("application",),
    bounds=TOKENS,
)
MODEL_CIRCUIT = Gauge(
    "trine_model_circuit", "Circuit of the deployment: 0 closed, 1 half open, 2 open.", ("application",)
)

LANE_INSIDE = Gauge("trine_lane_inside", "Requests that a deployment works on.", ("application",))
LANE_WAITING = Gauge("trine_lane_waiting", "Requests that wait for their turn.", ("application",))
LANE_REFUSED = Counter(
    "trine_lane_refused",
    "Requests turned away: `full` at once, for the queue was full; `late`, their turn did not come in time; `circuit`, "
    "the circuit was open.",
    ("application", "reason"),
)
RATE_LIMITED = Counter(
    "trine_rate_limited",
    "Requests above a limit: `key`, `user`, `organization` or `organization-tokens` of inference; `api-key`, "
    "`api-user` or `api-organization`; `telemetry`; `job`; `credential-address` of credentials that are not good.",
    ("limit",),
)

WORKLOADS = Gauge("trine_workloads", "Workloads that have not ended.", ("kind", "status"))
WORKLOAD_OLDEST_SECONDS = Gauge(
    "trine_workload_oldest_seconds", "How long the oldest has had this status, seconds.", ("kind", "status")
)
WORKLOAD_CHANGES = Counter("trine_workload_changes", "Changes of status, by the new one.", ("kind", "status"))
WORKLOAD_WAIT_SECONDS = Histogram(
    "trine_workload_wait_seconds", "From queued to admitted, seconds.", ("kind",), bounds=WAITS
)
ROUND_SECONDS = Histogram(
    "trine_controller_round_seconds", "One round of the controller: admission and leases, seconds.", bounds=ANSWERS
)

BACKLOG = Gauge(
    "trine_backlog",
    "Gathered and not written yet: `usage`, callers whose tokens are due; "
    "`service-samples`, rows of how services answered; `announcements`, topics to be told.",
    ("queue",),
)

DATABASE_CONNECTIONS = Gauge(
    "trine_database_connections", "Connections of a pool: `in_use` or `idle`.", ("pool", "state")
)
DATABASE_LIMIT = Gauge("trine_database_connections_limit", "Most that the pool opens.", ("pool",))
DATABASE_WAITING = Gauge("trine_database_waiting", "Who waits for a connection of the pool.", ("pool",))
LISTENING = Gauge("trine_database_listening", "1 while notifications of the database are heard, else 0.")

SPOILT_FILES = Counter(
    "trine_storage_spoilt_files", "Readings of a file that the artifact store has lost, or has with another content."
)

SECTIONS: dict[str, tuple[Metric, ...]] = {
    "Routes": (HTTP_REQUESTS, HTTP_SECONDS),
    "Deployments": (MODEL_REQUESTS, MODEL_TOKENS, FIRST_TOKEN_SECONDS, INTER_TOKEN_SECONDS, MODEL_CIRCUIT),
    "Queues of the gateway": (LANE_INSIDE, LANE_WAITING, LANE_REFUSED, RATE_LIMITED),
    "Scheduler": (WORKLOADS, WORKLOAD_OLDEST_SECONDS, WORKLOAD_CHANGES, WORKLOAD_WAIT_SECONDS, ROUND_SECONDS),
    "What waits to be written": (BACKLOG,),
    "Artifact store": (SPOILT_FILES,),
    "Database": (DATABASE_CONNECTIONS, DATABASE_LIMIT, DATABASE_WAITING, LISTENING),
}
METRICS = tuple(metric for section in SECTIONS.values() for metric in section)


def exported() -> dict[str, set[str]]:
    """Each name that Prometheus finds, and its labels."""
    return {
        f"{PREFIX}{metric.name}{suffix}": {*metric.labels, PROCESS, *(["le"] if suffix == "_bucket" else [])}
        for metric in METRICS
        for suffix in metric.suffixes
    }
