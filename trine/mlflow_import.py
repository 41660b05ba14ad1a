"""Brings what an MLflow store holds over to the platform: experiments, runs with their whole history, models.

Reads with MLflow's own client, which whoever has such a store has installed, and writes through the platform's MLflow
API with our own transport, because MLflow's client would send the platform's key to the other server too. Metrics go in
numbered batches as those of every run do. Everything that is made carries where it came from in a tag, so what is there
already is completed and not made again: an import that broke off is run again.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID, uuid4

from trine.errors import TrineError, ValidationFailed
from trine.mlflow_store import PAGE, Store, credential
from trine.transport import Transport

API = "/api/2.0/mlflow"
FILES = "/api/2.0/mlflow-artifacts/artifacts"
ORIGIN = "trine.import.origin"
"""Tag of what was brought over: the id that it has in the other store."""
PAIRS_AT_ONCE = 100
POINTS_AT_ONCE = 5_000
_PIECE = 1024 * 1024


@dataclass
class Summary:
    """What was made now; what was there is not counted."""

    experiments: int = 0
    runs: int = 0
    params: int = 0
    points: int = 0
    files: int = 0
    bytes: int = 0
    logged_models: int = 0
    models: int = 0
    versions: int = 0
    skipped: list[str] = field(default_factory=list)
    """What could not be brought over, and why."""


class Import:
    """One way from a store to a platform. `progress` is told what is being worked on."""

    def __init__(self, source: str, transport: Transport, progress: Callable[[str], None]) -> None:
        """Raises `TrineError` where MLflow is not installed, or would send the platform's key to the other server."""
        self._there = Store(source)
        self._here = transport
        token = credential(os.environ)
        elsewhere = self._there.remote and urlsplit(self._there.uri)[:2] != urlsplit(transport.url)[:2]
        if elsewhere and token and transport.sends(token):
            raise TrineError(
                f"MLFLOW_TRACKING_TOKEN is your key of this platform, and would be sent to {source}.",
                code="foreign_server",
                advice="Set it to the token of that server, or unset it.",
            )
        self._progress = progress
        self._batches = f"import-{uuid4().hex[:16]}"
        self._sequences: dict[str, int] = {}
        self._runs: dict[str, str] = {}
        """The run's id there → here."""
        self._logged: dict[str, str] = {}
        self.summary = Summary()

    def run(self) -> Summary:
        """Raises `TrineError` where the other store cannot be read, or this platform refuses; run again, it goes on."""
        with self._there.read():
            for experiment in self._there.experiments():
                self._experiment(experiment)
            for model in self._there.models():
                self._model(model)
        return self.summary

    def _experiment(self, there: Any) -> None:
        self._progress(there.name)
        here = self._experiment_id(there)
        known = self._known_runs(here)
        runs = list(self._there.runs(there.experiment_id))
        for number, run in enumerate(runs, 1):
            self._progress(f"{there.name}: {number}/{len(runs)}")
            self._run(run, here, known)
        for model in self._there.logged_models(there.experiment_id):
            self._logged_model(model, here)

    def _experiment_id(self, there: Any) -> str:
        try:
            found = self._get("/experiments/get-by-name", {"experiment_name": there.name})
            return str(found["experiment"]["experiment_id"])
        except TrineError as error:
            if error.status != 404:
                raise
        tags = [*_pairs(there.tags), {"key": ORIGIN, "value": there.experiment_id}]
        made = self._post("/experiments/create", {"name": there.name, "tags": tags})
        self.summary.experiments += 1
        return str(made["experiment_id"])

    def _known_runs(self, experiment_id: str) -> dict[str, Mapping[str, Any]]:
        """By their id there."""
        wanted = {"experiment_ids": [experiment_id], "filter": f"tags.`{ORIGIN}` IS NOT NULL", "max_results": PAGE}
        return {_value(run["data"]["tags"], ORIGIN): run for run in self._searched("/runs/search", "runs", wanted)}

    def _run(self, there: Any, experiment_id: str, known: Mapping[str, Mapping[str, Any]]) -> None:
        run = known.get(there.info.run_id)
        if run is None:
            body = {
                "experiment_id": experiment_id,
                "run_name": there.info.run_name,
                "start_time": there.info.start_time,
                "tags": [*_pairs(there.data.tags), {"key": ORIGIN, "value": there.info.run_id}],
            }
            run = self._post("/runs/create", body)["run"]
            self.summary.runs += 1
        run_id = str(run["info"]["run_id"])
        self._runs[there.info.run_id] = run_id
        self._params(there, run)
        self._metrics(there, run_id)
        inputs = [each.to_dictionary() for each in (there.inputs.dataset_inputs if there.inputs else [])]
        if inputs:
            self._post("/runs/log-inputs", {"run_id": run_id, "datasets": [_dataset(each) for each in inputs]})
        self._files(there.info.artifact_uri, f"{run['info']['experiment_id']}/{run_id}/artifacts")
        if there.info.status != run["info"]["status"]:
            ended = {"end_time": there.info.end_time} if there.info.end_time else {}
            self._post("/runs/update", {"run_id": run_id, "status": there.info.status, **ended})

    def _params(self, there: Any, run: Mapping[str, Any]) -> None:
        known = {each["key"] for each in run["data"].get("params", ())}
        missing = [pair for pair in _pairs(there.data.params) if pair["key"] not in known]
        for start in range(0, len(missing), PAIRS_AT_ONCE):
            some = missing[start : start + PAIRS_AT_ONCE]
            self._post("/runs/log-batch", {"run_id": run["info"]["run_id"], "params": some})
        self.summary.params += len(missing)

    def _metrics(self, there: Any, run_id: str) -> None:
        """Of each metric the points after those that are here: a history only grows at its end."""
        detail = self._here.request("GET", f"/api/v1/runs/{UUID(run_id)}").json()
        known = {metric["name"]: int(metric["points"]) for metric in detail["metrics"]}
        waiting: dict[str, list[Any]] = {}
        size = 0
        for name in sorted(there.data.metrics):
            history = self._there.history(there.info.run_id, name)
            fresh = [point for point in history if point.step >= 0]
            if len(fresh) < len(history):
                self._skip(f"{there.info.run_id}: {len(history) - len(fresh)} points of {name!r} at steps below 0")
            for start in range(known.get(name, 0), len(fresh), POINTS_AT_ONCE):
                some = fresh[start : start + POINTS_AT_ONCE]
                waiting[name] = [*waiting.get(name, ()), *some]
                size += len(some)
                if size >= POINTS_AT_ONCE:
                    self._report(run_id, waiting)
                    waiting, size = {}, 0
        if waiting:
            self._report(run_id, waiting)

    def _report(self, run_id: str, points: Mapping[str, Sequence[Any]]) -> None:
        metrics = {
            name: {
                "steps": [point.step for point in some],
                "values": [_number(point.value) for point in some],
                "times": [point.timestamp / 1000 for point in some],
            }
            for name, some in points.items()
        }
        sequence = self._sequences.get(run_id, 0)
        self._sequences[run_id] = sequence + 1
        body = {"source": self._batches, "sequence": sequence, "metrics": metrics}
        answer = self._here.request("POST", f"/api/v1/runs/{UUID(run_id)}/batches", json=body).json()
        self.summary.points += int(answer["points"])

    def _logged_model(self, there: Any, experiment_id: str) -> None:
        wanted = {"experiment_ids": [experiment_id], "filter": f"tags.`{ORIGIN}` = '{there.model_id}'"}
        known = self._post("/logged-models/search", wanted).get("models", [])
        if known:
            model = known[0]
        else:
            body = {
                "experiment_id": experiment_id,
                "name": there.name,
                "model_type": there.model_type or "",
                "source_run_id": self._runs.get(there.source_run_id or ""),
                "params": _pairs(there.params),
                "tags": [*_pairs(there.tags), {"key": ORIGIN, "value": there.model_id}],
            }
            model = self._post("/logged-models", body)["model"]
            self.summary.logged_models += 1
        model_id = str(model["info"]["model_id"])
        self._logged[there.model_id] = model_id
        self._files(there.artifact_location, f"{experiment_id}/models/{model_id}/artifacts")
        if str(there.status) == "READY" and model["info"]["status"] != "LOGGED_MODEL_READY":
            status = {"status": "LOGGED_MODEL_READY"}
            self._here.request("PATCH", f"{API}/logged-models/{model_id}", json=status)

    def _model(self, there: Any) -> None:
        self._progress(there.name)
        try:
            self._get("/registered-models/get", {"name": there.name})
        except TrineError as error:
            if error.status != 404:
                raise
            body = {"name": there.name, "description": there.description or "", "tags": _pairs(there.tags)}
            self._post("/registered-models/create", body)
            self.summary.models += 1
        known = self._known_versions(there.name)
        for version in self._there.versions(there.name):
            if str(version.version) not in known and (made := self._version(there.name, version)):
                known[str(version.version)] = made
        for alias, number in there.aliases.items():
            if here := known.get(str(number)):
                self._post("/registered-models/alias", {"name": there.name, "alias": alias, "version": int(here)})

    def _known_versions(self, name: str) -> dict[str, str]:
        """Number there → here."""
        found: dict[str, str] = {}
        wanted: dict[str, Any] = {"filter": f"name = '{name}' and tags.`{ORIGIN}` IS NOT NULL", "max_results": PAGE}
        while True:
            page = self._get("/model-versions/search", wanted)
            for each in page["model_versions"]:
                found[_value(each["tags"], ORIGIN)] = each["version"]
            if not page.get("next_page_token"):
                return found
            wanted["page_token"] = page["next_page_token"]

    def _version(self, name: str, there: Any) -> str | None:
        source = self._source(there)
        if source is None:
            self._skip(
                f"version {there.version} of {name!r}: {there.source} is of no run or model that was brought over"
            )
            return None
        body = {
            "name": name,
            "source": source,
            "description": there.description or "",
            "tags": [*_pairs(there.tags), {"key": ORIGIN, "value": str(there.version)}],
        }
        try:
            made = self._post("/model-versions/create", body)["model_version"]
        except ValidationFailed as error:
            self._skip(f"version {there.version} of {name!r}: {error.detail}")
            return None
        self.summary.versions += 1
        return str(made["version"])

    def _source(self, version: Any) -> str | None:
        """What the version is made of, in the words of this side."""
        source, model_id = version.source or "", getattr(version, "model_id", None)
        for there, here in self._logged.items():
            if model_id == there or f"/{there}/" in f"{source}/":
                return f"models:/{here}"
        for run_id, here in self._runs.items():
            _, found, path = source.partition(f"{run_id}/artifacts")
            if found or source.startswith(f"runs:/{run_id}/"):
                return f"runs:/{here}/{(path if found else source.partition(f'{run_id}/')[2]).strip('/')}"
        return None

    def _files(self, there: str, here: str) -> None:
        """Those that are missing here, or have another size."""
        try:
            paths = self._there.files(there)
        except TrineError as error:
            self._skip(f"the files at {there}: {error.detail}")
            return
        known = dict(self._files_here(here, ""))
        for path, size in paths:
            if known.get(path) != size:
                with self._there.fetched(there, path) as fetched:
                    self._send(fetched, f"{FILES}/{here}/{quote(path)}")

    def _files_here(self, location: str, path: str) -> Iterator[tuple[str, int]]:
        where = f"{location}/{path}" if path else location
        listed = self._here.request("GET", FILES, params={"path": where}).json()["files"]
        for each in listed:
            below = f"{path}/{each['path']}" if path else each["path"]
            if each["is_dir"]:
                yield from self._files_here(location, below)
            else:
                yield below, int(each["file_size"])

    def _send(self, file: Path, address: str) -> None:
        def pieces() -> Iterator[bytes]:
            with file.open("rb") as content:
                while piece := content.read(_PIECE):
                    yield piece

        self._here.request("PUT", address, stream=pieces)
        self.summary.files += 1
        self.summary.bytes += file.stat().st_size

    def _searched(self, path: str, name: str, body: Mapping[str, Any]) -> Iterator[Any]:
        asked = dict(body)
        while True:
            page = self._post(path, asked)
            yield from page.get(name, ())
            if not page.get("next_page_token"):
                return
            asked["page_token"] = page["next_page_token"]

    def _get(self, path: str, params: Mapping[str, Any]) -> Any:
        return self._here.request("GET", f"{API}{path}", params=params).json()

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._here.request("POST", f"{API}{path}", json=body).json()

    def _skip(self, what: str) -> None:
        self.summary.skipped.append(what)


def _pairs(values: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{"key": name, "value": str(values[name])} for name in sorted(values)]


def _value(pairs: Sequence[Mapping[str, str]], name: str) -> str:
    return next(pair["value"] for pair in pairs if pair["key"] == name)


def _dataset(told: Mapping[str, Any]) -> dict[str, Any]:
    return {"dataset": dict(told["dataset"]), "tags": _listed(told["tags"])}


def _listed(tags: Any) -> list[dict[str, str]]:
    return _pairs(tags) if isinstance(tags, Mapping) else [dict(tag) for tag in tags]


def _number(value: float) -> float | str:
    """JSON has no NaN and no infinities."""
    if value != value:
        return "NaN"
    return value if abs(value) != float("inf") else "Infinity" if value > 0 else "-Infinity"
