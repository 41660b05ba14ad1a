"""How Serve runs the replicas of an engine."""

from collections.abc import Mapping
from typing import Any

from trine.specs.inference import DeploymentSpec

HEALTH_CHECK_PERIOD_S = 2
HEALTH_CHECK_TIMEOUT_S = 15
DRAIN_S = 60
"""Answers under way when a replica is taken away have this long to finish."""


def options(deployment: DeploymentSpec, resources: Mapping[str, float]) -> dict[str, Any]:
    """For `Deployment.options`. The scheduler owns the count of replicas, and changes it by Serve's external scaler."""
    actor: dict[str, Any] = {"num_cpus": deployment.cpu}
    if resources:
        actor["resources"] = dict(resources)
    elif deployment.gpu:
        actor["num_gpus"] = deployment.gpu
    if deployment.memory:
        actor["memory"] = deployment.memory
    return {
        "num_replicas": deployment.replicas,
        "ray_actor_options": actor,
        # The engine queues by itself, so that a finished sequence is followed by the next within one step.
        "max_ongoing_requests": 2 * deployment.concurrent,
        "max_queued_requests": 4 * deployment.concurrent,
        "health_check_period_s": HEALTH_CHECK_PERIOD_S,
        "health_check_timeout_s": HEALTH_CHECK_TIMEOUT_S,
        "graceful_shutdown_timeout_s": DRAIN_S,
        "graceful_shutdown_wait_loop_s": 0.5,
        # A model that cannot be loaded today cannot be loaded the twentieth time; one more try is for the unlucky.
        "max_constructor_retry_count": 2,
    }
