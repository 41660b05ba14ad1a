from datetime import datetime

from pydantic import BaseModel


class ResourceUse(BaseModel):
    """As many numbers as there are times; CPUs, GPUs, or bytes of memory."""

    capacity: list[float]
    """What the nodes that were alive had."""
    own: list[float]
    """What the workloads of the organization, or of the project that was named, held."""
    everybody: list[float] | None
    """What the workloads of all organizations held; null but for the platform's administrators."""


class PoolUtilization(BaseModel):
    """What of a pool was given out. How busy it was kept is not told."""

    pool: str
    step: int
    """Seconds between two times that follow each other. Times at which nobody sampled are left out."""
    times: list[datetime]
    cpu: ResourceUse
    gpu: ResourceUse
    memory: ResourceUse
