"""The Ray cluster that a job runs in."""

import os

import ray


def connect() -> None:
    """To RAY_ADDRESS, to a cluster on this machine, or to a new one of this process alone."""
    if not ray.is_initialized():
        ray.init(configure_logging=False, log_to_driver=True)


def settle_train() -> None:
    """Settings that Ray Train reads in the driver; before a trainer is built."""
    # A report waits in its worker until the controller has fetched the one before: 2 s by default.
    os.environ["RAY_TRAIN_HEALTH_CHECK_INTERVAL_S"] = "0.5"
    # Relative paths keep their meaning.
    os.environ["RAY_CHDIR_TO_TRIAL_DIR"] = "0"
    # With one node there is none to move to when it is reclaimed, and the watcher is one more process to start.
    os.environ.setdefault("RAY_TRAIN_ENABLE_PREEMPTION_WATCHER", "0" if len(ray.nodes()) == 1 else "1")


def accelerators(gpu_per_worker: float) -> dict[str, float]:
    """Resources that mean GPUs here: real ones, or virtual ones where the cluster declares those."""
    if not gpu_per_worker:
        return {}
    virtual = "GPU" not in ray.cluster_resources() and "vgpu" in ray.cluster_resources()
    return {"vgpu" if virtual else "GPU": gpu_per_worker}
