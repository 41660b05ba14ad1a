"""The Ray cluster that a job runs in."""

import os
from collections.abc import Sequence

import ray

from train.forkserver import ForkServer

_servers: list[ForkServer] = []


def connect(early: Sequence[str] = (), late: Sequence[str] = ()) -> None:
    """To RAY_ADDRESS, to a cluster on this machine, or to a new one of this process alone.

    In a cluster that says it is one machine, all further processes of the job are forks of one that has imported these
    modules; `late` are those that import Ray.
    """
    if ray.is_initialized():
        return
    if os.environ.get("TRINE_SINGLE_NODE") != "1" or not late:
        ray.init(configure_logging=False, log_to_driver=True)
        return
    server = ForkServer()
    server.start(early, late)
    # Until the process ends; its pipe is what keeps the server alive.
    _servers.append(server)
    ray.init(configure_logging=False, log_to_driver=True, runtime_env={"py_executable": server.command})


def settle_train() -> dict[str, str]:
    """Settings of Ray Train, made in the driver before a trainer is built.

    Returns those that Train hands to its processes. Only a task with the same ones leaves a process that they can use.
    """
    # Relative paths keep their meaning.
    os.environ["RAY_CHDIR_TO_TRIAL_DIR"] = "0"
    handed = {
        # A report waits in its worker until the controller has fetched the one before: 2 s by default.
        "RAY_TRAIN_HEALTH_CHECK_INTERVAL_S": "1",
        # With one node there is none to move to when it is reclaimed, and the watcher is one more process to start.
        "RAY_TRAIN_ENABLE_PREEMPTION_WATCHER": "0" if len(ray.nodes()) == 1 else "1",
        # Train's own default, which it adds to some of its processes only.
        "RAY_WARN_BLOCKING_GET_INSIDE_ASYNC": "0",
    }
    os.environ.update(handed)
    return handed


def accelerators(gpu_per_worker: float) -> dict[str, float]:
    """Resources that mean GPUs here: real ones, or virtual ones where the cluster declares those."""
    if not gpu_per_worker:
        return {}
    virtual = "GPU" not in ray.cluster_resources() and "vgpu" in ray.cluster_resources()
    return {"vgpu" if virtual else "GPU": gpu_per_worker}
