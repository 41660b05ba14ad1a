"""The platform's side of the wire as the client sees it: a real HTTP server that can be taken down and brought back."""

import hashlib
import json
import socket
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from trine.specs.telemetry import Batch

KEY = "trn_test"


@dataclass
class Wire:
    """Keeps what it was told across `stop` and `start`."""

    batches: dict[tuple[str, str, int], Batch] = field(default_factory=dict)
    order: list[tuple[str, str, int]] = field(default_factory=list)
    blobs: dict[str, bytes] = field(default_factory=dict)
    puts: int = 0
    artifacts: list[dict[str, Any]] = field(default_factory=list)
    media: list[dict[str, Any]] = field(default_factory=list)
    created: dict[str, str] = field(default_factory=dict)
    """Ids of runs by the `Idempotency-Key` with which they were created."""
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    trials: dict[str, dict[str, Any]] = field(default_factory=dict)
    enrolments: dict[str, dict[str, Any]] = field(default_factory=dict)
    links: dict[str, bytes] = field(default_factory=dict)
    faults: deque[Callable[[], Response]] = field(default_factory=deque)
    """Answers given instead of the right one, after the request took effect."""
    refusals: deque[Callable[[], Response]] = field(default_factory=deque)
    """Answers given before the request takes effect."""
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    largest: int = 0
    token: str = KEY

    def __post_init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.arrived = threading.Condition()
        self._server: uvicorn.Server | None = None

    def start(self) -> None:
        self._server = uvicorn.Server(
            uvicorn.Config(self._app(), port=self.port, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        )
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.01)
            assert self._thread.is_alive()

    def stop(self) -> None:
        if self._server is not None:
            self._server.should_exit = True
            self._thread.join()
            self._server = None

    def points(self, run: str) -> dict[str, list[tuple[int, float]]]:
        """What was logged to a run, by metric, in order of arrival."""
        found: dict[str, list[tuple[int, float]]] = {}
        for key in self.order:
            if key[0] == run:
                for name, series in self.batches[key].metrics.items():
                    found.setdefault(name, []).extend(zip(series.steps, series.values, strict=True))
        return found

    def wait_for(self, condition: Callable[[], bool], timeout: float = 30) -> None:
        with self.arrived:
            assert self.arrived.wait_for(condition, timeout), "the expected request did not arrive"

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/v1/auth/me", self._me),
                Route("/api/v1/projects/{project}/experiments", self._experiment, methods=["POST"]),
                Route("/api/v1/experiments/{experiment}/runs", self._run, methods=["POST"]),
                Route("/api/v1/runs/{run}:resume", self._resume, methods=["POST"]),
                Route("/api/v1/runs/{run}", self._patch_run, methods=["PATCH"]),
                Route("/api/v1/runs/{run}", self._get_run, methods=["GET"]),
                Route("/api/v1/runs/{run}/media", self._media, methods=["POST"]),
                Route("/api/v1/runs/{run}/batches", self._batch, methods=["POST"]),
                Route("/api/v1/runs/{run}/blobs/{sha256}", self._blob, methods=["HEAD", "PUT"]),
                Route("/api/v1/runs/{run}/artifacts", self._artifact, methods=["POST"]),
                Route("/api/v1/enrolments", self._enrol, methods=["POST"]),
                Route("/api/v1/studies/{study}/trials", self._trial, methods=["POST"]),
                Route("/api/v1/trials/{trial}", self._patch_trial, methods=["PATCH"]),
                Route("/signed/{name}", self._signed),
            ]
        )

    def _refused(self, request: Request, *, open_to_all: bool = False) -> Response | None:
        self.requests.append((request.method, request.url.path, dict(request.headers)))
        if self.refusals:
            return self.refusals.popleft()()
        if not open_to_all and request.headers.get("authorization") != f"Bearer {self.token}":
            return problem(401, "unauthenticated", "The key is not valid.")
        return None

    def _answer(self, response: Response) -> Response:
        with self.arrived:
            self.arrived.notify_all()
        return self.faults.popleft()() if self.faults else response

    async def _me(self, request: Request) -> Response:
        return self._refused(request) or JSONResponse({"email": "a@b.c", "default_project_id": "demo"})

    async def _experiment(self, request: Request) -> Response:
        if request.path_params["project"] != "demo":
            return problem(404, "not_found", f"there is no project {request.path_params['project']!r} here")
        return self._refused(request) or JSONResponse({"id": "experiment"}, 201)

    async def _run(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        run_id = self.created.setdefault(request.headers["idempotency-key"], str(uuid4()))
        run = self.runs.setdefault(run_id, await request.json() | {"id": run_id, "status": "queued"})
        return self._answer(JSONResponse(run, 201))

    async def _resume(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        run = self.runs[request.path_params["run"]]
        batches = [batch for key, batch in self.batches.items() if key[0] == run["id"]]
        steps = [step for batch in batches for series in batch.metrics.values() for step in series.steps]
        attempt = max((batch.attempt for batch in batches), default=0) + 1
        run["status"] = "running"
        told = {"attempt": attempt, "next_step": max(steps, default=-1) + 1, "started_at": "2026-01-01T00:00:00Z"}
        return JSONResponse(run | told)

    async def _get_run(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        run = self.runs[request.path_params["run"]]
        batches = [batch for key, batch in self.batches.items() if key[0] == run["id"]]
        params = {key: value for batch in batches for key, value in batch.params.items()}
        return JSONResponse(run | {"params": params})

    async def _media(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        made = await request.json()
        if made not in self.media:
            self.media.append(made)
        return self._answer(JSONResponse(made, 201))

    async def _patch_run(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        self.runs.setdefault(request.path_params["run"], {}).update(await request.json())
        return self._answer(JSONResponse({}))

    async def _batch(self, request: Request) -> Response:
        body = await request.body()
        if refused := self._refused(request):
            return refused
        self.largest = max(self.largest, len(body))
        batch = Batch.model_validate_json(body)
        key = (request.path_params["run"], batch.source, batch.sequence)
        applied = key not in self.batches
        if applied:
            self.batches[key] = batch
            self.order.append(key)
        points = sum(len(series.steps) for series in batch.metrics.values())
        return self._answer(JSONResponse({"applied": applied, "points": points}))

    async def _blob(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        sha256 = request.path_params["sha256"]
        if request.method == "HEAD":
            return Response(status_code=200 if sha256 in self.blobs else 404)
        body = await request.body()
        self.puts += 1
        if hashlib.sha256(body).hexdigest() != sha256:
            return problem(422, "digest_mismatch", "The digest differs.")
        self.blobs[sha256] = body
        return self._answer(Response(status_code=201))

    async def _artifact(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        manifest = await request.json() | {"id": str(uuid4())}
        self.artifacts.append(manifest)
        return self._answer(JSONResponse(manifest, 201))

    async def _enrol(self, request: Request) -> Response:
        if refused := self._refused(request, open_to_all=True):
            return refused
        enrolment = self.enrolments.pop((await request.json())["code"], None)
        if enrolment is None:
            return problem(403, "enrolment_used", "This code has been used.")
        return self._answer(JSONResponse(enrolment))

    async def _trial(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        trial = await request.json() | {"id": str(uuid4()), "run_id": str(uuid4())}
        self.trials[trial["id"]] = trial
        return self._answer(JSONResponse(trial, 201))

    async def _patch_trial(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        self.trials[request.path_params["trial"]].update(await request.json())
        return JSONResponse({})

    async def _signed(self, request: Request) -> Response:
        return Response(self.links[request.path_params["name"]])


def problem(status: int, code: str, detail: str, **extra: Any) -> Response:
    headers = extra.pop("headers", None)
    body = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail, **extra}
    return Response(json.dumps(body), status, media_type="application/problem+json", headers=headers)
