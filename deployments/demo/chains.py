"""What the demo does, as a user would: three chains of work, each through the public client."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import yaml

from deployments.local.progress import Progress
from trine import Client
from trine.records.inference import Deployment, Service
from trine.records.scheduling import WorkRecord
from trine.records.work import Study, TrainingJob

EXAMPLES = Path(__file__).parents[2] / "examples"
PROMPT = "def __init__(self, "
SERVICE = "tiny-python"
PATIENCE = 900.0
"""Seconds that one piece of work may take."""


class DemoError(Exception):
    """A piece of the demo did not work; the message says which and why."""


@dataclass
class Results:
    """What `demo.json` holds; each chain writes its own part."""

    language_model: dict[str, Any] = field(default_factory=dict)
    service: dict[str, Any] = field(default_factory=dict)
    study: dict[str, Any] = field(default_factory=dict)
    policy: dict[str, Any] = field(default_factory=dict)
    simulation: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Submitted:
    """The first work of each chain, in the order of the queue: the longest first."""

    language_model: TrainingJob
    policy: TrainingJob
    study: Study


def submit(client: Client) -> Submitted:
    return Submitted(
        language_model=client.training_jobs.create(spec=_example("lm")),
        policy=client.training_jobs.create(spec=_example("ppo")),
        study=client.studies.create(spec=_example("study")),
    )


def language_model(client: Client, job: TrainingJob, key: str, progress: Progress, results: Results) -> None:
    """Follows the example's language model, serves it, and asks it to go on with a line of Python."""
    run = _follow(client, progress, "lm", "language model", job.run_id, lambda: client.training_jobs.get(job.id))
    summary = client.runs.get(run).summary
    results.language_model = {"job": str(job.id), "run": str(run), "model": job.spec["register_as"]["model"], **summary}
    progress.done(
        "lm", f"language model trained: {summary['validation/bits_per_byte']:.2f} bits per byte on held-out text"
    )

    service = _service(client)
    before = [old for old in client.services.deployments(service.id) if not old.workload.ended]
    deployment = client.services.deploy(service.id, model=results.language_model["model"])
    progress.begin("serve", "vLLM loads the language model")
    ready = client.services.wait_ready(deployment.id, within=PATIENCE)
    if ready.workload.phase != "ready":
        raise DemoError(f"the deployment failed: {ready.workload.reason['message']}")
    _move_traffic(client, service, ready, before)
    completion = _complete(client, key)
    results.service = {"service": service.name, "deployment": str(ready.id), "prompt": PROMPT, "completion": completion}
    progress.done("serve", f"service {service.name!r} answers")


def study(client: Client, created: Study, progress: Progress, results: Results) -> None:
    _follow(client, progress, "study", "study", created.run_id, lambda: client.studies.get(created.id))
    found = client.studies.get(created.id)
    if found.best is None:
        raise DemoError("the study ended without a trial that has a value")
    trials = list(client.studies.trials(created.id))
    results.study = {
        "study": str(created.id),
        "trials": len(trials),
        "stopped_early": sum(trial.status == "stopped" for trial in trials),
        "metric": found.metric,
        "best_trial": found.best.number,
        "best_value": found.best.value,
        "best_params": found.best.params,
    }
    progress.done("study", f"study of {len(trials)} trials: best {found.metric} {found.best.value:.3f}")


def policy(client: Client, job: TrainingJob, progress: Progress, results: Results) -> None:
    """Follows the example's policy, then simulates the registered version."""
    run = _follow(client, progress, "ppo", "policy", job.run_id, lambda: client.training_jobs.get(job.id))
    summary = client.runs.get(run).summary
    results.policy = {"job": str(job.id), "run": str(run), "model": job.spec["register_as"]["model"], **summary}
    progress.done("ppo", f"policy trained: mean return {summary['evaluation/return_mean']:.1f} over unseen seeds")

    spec = {
        "name": "cartpole-champion",
        "environment": job.spec["environment"],
        "policy": {"kind": "model", "model": results.policy["model"], "version": "champion"},
        "episodes": 100,
        "seed": 20_000,
    }
    simulation = client.simulations.create(spec=spec)
    _follow(client, progress, "sim", "simulation", simulation.run_id, lambda: client.simulations.get(simulation.id))
    report = client.simulations.report(simulation.id)
    results.simulation = {
        "simulation": str(simulation.id),
        "artifact": str(report.artifact_id),
        "files": report.files,
        **report.summary,
    }
    progress.done("sim", f"simulation of the registered policy: mean return {report.summary['return/mean']:.1f}")


def _example(name: str) -> dict[str, Any]:
    spec: dict[str, Any] = yaml.safe_load((EXAMPLES / f"{name}.yaml").read_text())
    return spec


def _follow(
    client: Client, progress: Progress, step: str, title: str, run: UUID, read: Callable[[], WorkRecord]
) -> UUID:
    """Tells what the work does until it has ended; raises `DemoError` where it did not succeed."""
    while True:
        workload = read().workload
        latest = {metric.name: metric for metric in client.runs.get(run).metrics}
        if workload.ended:
            break
        shown = [f"{name} {latest[name].value:.3g}" for name in ("loss", "return/mean", "trials") if name in latest]
        at = f", step {max(metric.step for metric in latest.values())}" if latest else ""
        progress.begin(step, f"{title}: {workload.status}{at}{''.join(', ' + each for each in shown)}")
        client.transport.pause(1.0)
    if workload.status != "succeeded":
        raise DemoError(f"{title}: {workload.status}, because {workload.reason['message']}")
    return run


def _service(client: Client) -> Service:
    """A second demo deploys behind the name of the first."""
    for service in client.services.list():
        if service.name == SERVICE:
            return service
    return client.services.create(name=SERVICE, description="Made by `make demo`")


def _move_traffic(client: Client, service: Service, ready: Deployment, before: list[Deployment]) -> None:
    if not before:
        return
    client.services.set_traffic(service.id, {str(ready.id): 100, **{str(old.id): 0 for old in before}})
    for old in before:
        client.services.stop(old.id)


def _complete(client: Client, key: str) -> str:
    """One completion through the gateway, as an OpenAI client would ask for it."""
    body = {"model": SERVICE, "prompt": PROMPT, "max_tokens": 48, "temperature": 0.7, "seed": 0}
    answer = httpx.post(
        f"{client.transport.url}/v1/completions", json=body, headers={"Authorization": f"Bearer {key}"}, timeout=120
    )
    if answer.is_error:
        raise DemoError(f"the service answered {answer.status_code}: {json.dumps(answer.json())}")
    text: str = answer.json()["choices"][0]["text"]
    return text
