"""Processes for Ray Train, started while the driver still reads data.

Nearly all of the time between the submission of a job and its first step goes into Python's imports, one process after
another: driver, controller, workers. Ray gives an idle process to an actor whose job and runtime environment are the
same, so a task that only imports, sent at once, lets those imports run side by side.
"""

import os
from importlib import import_module

import ray

from train.cluster import connect

_CONTROLLER = {
    # A report waits in its worker until the controller has fetched the one before: 2 s by default.
    "RAY_TRAIN_HEALTH_CHECK_INTERVAL_S": "0.5",
    # Ray Train gives this to its controller; a warm process fits only where all variables are the same.
    "RAY_WARN_BLOCKING_GET_INSIDE_ASYNC": "0",
}
_WORKER = {"TRINE_TRAIN_WORKER": "1"}
"""Sets workers apart, so that no other actor of the trainer takes their process."""


def warm_up(workers: int) -> None:
    """Connects to Ray and starts processes that a trainer with so many workers will ask for. Returns at once."""
    settle_environment()
    connect()
    start(controller_environment(), ["train.trainer"])
    for _ in range(workers):
        start(worker_environment(), ["train.trainer", "train.recipes.lm", "ray.data", "torch._dynamo"])
    # Cleaner and synchronization actor of the trainer.
    for _ in range(2):
        start(controller_environment(), ["ray.train"])


def settle_environment() -> None:
    """Settings that Ray Train reads in the driver; before a trainer is built."""
    os.environ.update(_CONTROLLER)
    # Relative paths keep their meaning.
    os.environ["RAY_CHDIR_TO_TRIAL_DIR"] = "0"


def controller_environment() -> dict[str, str]:
    # With one node there is none to move to when it is reclaimed, and the watcher is one more process to start.
    alone = len(ray.nodes()) == 1
    os.environ.setdefault("RAY_TRAIN_ENABLE_PREEMPTION_WATCHER", "0" if alone else "1")
    return {**_CONTROLLER, "RAY_TRAIN_ENABLE_PREEMPTION_WATCHER": os.environ["RAY_TRAIN_ENABLE_PREEMPTION_WATCHER"]}


def worker_environment() -> dict[str, str]:
    return controller_environment() | _WORKER


def start(environment: dict[str, str], modules: list[str]) -> None:
    task = ray.remote(num_cpus=0, max_retries=0, runtime_env={"env_vars": environment})(load)
    task.remote(modules)


def load(modules: list[str]) -> None:
    for module in modules:
        import_module(module)
