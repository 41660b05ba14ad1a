"""The Ray cluster that a job runs in."""

import ray


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
