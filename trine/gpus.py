"""NVIDIA's GPUs as their driver tells of them, where `nvidia-ml-py` is installed and there is a driver."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MIB = 1024 * 1024


@contextmanager
def driver() -> Iterator[Any]:
    """The library, ready to be asked; None where it, or a driver, is missing."""
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception:  # noqa: BLE001 — no library, no driver, no permission: there are no GPUs to tell of
        yield None
        return
    try:
        yield pynvml
    finally:
        pynvml.nvmlShutdown()


def names() -> list[str]:
    with driver() as nvml:
        if nvml is not None:
            return [_text(nvml.nvmlDeviceGetName(each)) for each in _devices(nvml)]
    found = []
    for path in sorted(Path("/proc/driver/nvidia/gpus").glob("*/information")):
        lines = dict(line.split(":", 1) for line in path.read_text().splitlines() if ":" in line)
        found.append(lines.get("Model", "").strip())
    return found


def sample(nvml: Any) -> dict[str, float]:
    """Percent, MiB, watts and °C of each GPU; what one cannot tell is left out."""
    found: dict[str, float] = {}
    for number, device in enumerate(_devices(nvml)):
        for name, value in _READINGS.items():
            try:
                found[f"gpu.{number}.{name}"] = float(value(nvml, device))
            except nvml.NVMLError:
                continue
    return found


_READINGS: dict[str, Any] = {
    "utilization": lambda nvml, device: nvml.nvmlDeviceGetUtilizationRates(device).gpu,
    "memory_used_mib": lambda nvml, device: nvml.nvmlDeviceGetMemoryInfo(device).used / MIB,
    "memory_percent": lambda nvml, device: _share(nvml.nvmlDeviceGetMemoryInfo(device)),
    "power_watts": lambda nvml, device: nvml.nvmlDeviceGetPowerUsage(device) / 1000,
    "temperature": lambda nvml, device: nvml.nvmlDeviceGetTemperature(device, nvml.NVML_TEMPERATURE_GPU),
}


def _devices(nvml: Any) -> list[Any]:
    return [nvml.nvmlDeviceGetHandleByIndex(number) for number in range(nvml.nvmlDeviceGetCount())]


def _share(memory: Any) -> float:
    return 100.0 * memory.used / memory.total


def _text(name: str | bytes) -> str:
    return name.decode() if isinstance(name, bytes) else name
