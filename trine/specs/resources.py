"""What a workload asks of the cluster."""

from pydantic import Field

from trine.specs.base import Spec

GIB = 1024**3


class Bundle(Spec):
    """Resources that must come from one node; the unit the scheduler places."""

    cpu: float = Field(default=1, ge=0, le=1024)
    """Logical CPUs."""
    gpu: float = Field(default=0, ge=0, le=64)
    """GPUs; virtual ones where the cluster declares them so."""
    memory: int = Field(default=0, ge=0)
    """Bytes of memory; 0 asks for none."""


class WorkerResources(Spec):
    """A gang of equal workers: all of them start, or none."""

    workers: int = Field(default=1, ge=1, le=512)
    cpu_per_worker: float = Field(default=1, gt=0, le=256)
    gpu_per_worker: float = Field(default=0, ge=0, le=16)
    memory_per_worker: int = Field(default=0, ge=0)
    """Bytes."""

    def bundles(self) -> tuple[Bundle, ...]:
        worker = Bundle(cpu=self.cpu_per_worker, gpu=self.gpu_per_worker, memory=self.memory_per_worker)
        return (worker,) * self.workers
