"""The Ray cluster that a job runs in."""

import os
from typing import Any

import ray

WORKER_ENVIRONMENT = {
    # Ray Train gives its actors this variable. Warm processes fit them only where the environment is the same.
    "RAY_TRAIN_HEALTH_CHECK_INTERVAL_S": "0.5",
    "RAY_WARN_BLOCKING_GET_INSIDE_ASYNC": "0",
}


def connect() -> None:
    """To RAY_ADDRESS, to a cluster on this machine, or to a new one of this process alone."""
    if not ray.is_initialized():
        ray.init(configure_logging=False, log_to_driver=True)


def accelerators(gpu_per_worker: float) -> dict[str, float]:
    """Resources that mean GPUs here: real ones, or virtual ones where the cluster declares those."""
    if not gpu_per_worker:
        return {}
    virtual = "GPU" not in ray.cluster_resources() and "vgpu" in ray.cluster_resources()
    return {"vgpu" if virtual else "GPU": gpu_per_worker}


def train_settings() -> dict[str, Any]:
    """Settings of Ray Train that are read from the driver's environment; set before a trainer is built."""
    os.environ.update(
        {
            # A report waits in the worker until the controller has fetched the one before: 2 s by default.
            "RAY_TRAIN_HEALTH_CHECK_INTERVAL_S": "0.5",
            # Relative paths keep their meaning.
            "RAY_CHDIR_TO_TRIAL_DIR": "0",
        }
    )
    return {"env_vars": dict(WORKER_ENVIRONMENT)}
