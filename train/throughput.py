"""How fast a step was, against what the device could do."""

import time

import torch

from train.models.llama import LlamaConfig
from train.world import World


class Meter:
    """Loss and speed between two readings."""

    def __init__(self, config: LlamaConfig, batch: int, parameters: int, world: World) -> None:
        self._tokens = batch * config.context
        self._world = world
        peak = peak_flops(world.device)
        self._peak = peak * world.size if peak else None
        self._flops = flops_per_token(config, parameters)
        self._sum = torch.zeros((), device=world.device)

    def start(self, step: int) -> None:
        self._step = step
        self._since = time.perf_counter()
        self._sum.zero_()

    def add(self, loss: torch.Tensor) -> None:
        self._sum += loss

    def paused(self) -> "_Pause":
        return _Pause(self)

    def skip(self, seconds: float) -> None:
        self._since += seconds

    def read(self, step: int, due: bool) -> tuple[dict[str, float], bool]:
        """Means since the last reading, and whether rank 0 wants a flush: one exchange for both."""
        steps = step - self._step
        numbers = torch.stack((self._sum / (steps * self._world.size), torch.zeros_like(self._sum)))
        numbers[1] = float(due)
        loss, wanted = self._world.sum(numbers).tolist()
        speed = steps / (time.perf_counter() - self._since)
        metrics = {"loss": loss, "steps_per_second": speed, "tokens_per_second": speed * self._tokens}
        if self._peak:
            metrics["mfu"] = speed * self._tokens * self._flops / self._peak
        self.start(step)
        return metrics, wanted > 0


class _Pause:
    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self._meter.skip(time.perf_counter() - self._began)


def peak_flops(device: torch.device) -> float | None:
    """Floating-point operations per second of the device; None where it is not known (any CPU)."""
    if device.type != "cuda":
        return None
    name = torch.cuda.get_device_name(device)
    known = max((key for key in _PEAK_FLOPS if key in name), key=len, default=None)
    return _PEAK_FLOPS[known] if known else None


def flops_per_token(config: LlamaConfig, parameters: int) -> float:
    """Of a forward and a backward pass (Chowdhery et al., arXiv:2204.02311, appendix B)."""
    # Looking up an embedding multiplies nothing; where it is shared with the output, the output still does.
    lookup = 0 if config.tie_embeddings else config.vocabulary * config.hidden
    return 6 * (parameters - lookup) + 12 * config.layers * config.hidden * config.context


_PEAK_FLOPS = {
    # Dense bfloat16, from the vendor's data sheets; the longest name that matches counts.
    "A10G": 70e12,
    "A100": 312e12,
    "H100 PCIe": 756e12,
    "H100": 989e12,
    "H200": 989e12,
    "B200": 2250e12,
    "L4": 121e12,
    "L40S": 362e12,
    "MI300X": 1307e12,
    "Tesla T4": 65e12,
    "Tesla V100": 125e12,
}
