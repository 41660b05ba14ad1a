"""What a replica tells its engine process."""

from pydantic import Field

from trine.specs.base import Spec


class EngineSettings(Spec):
    folder: str
    """Model in Hugging Face's layout."""
    model: str
    """`model` of the answers."""
    context: int | None
    concurrent: int = Field(ge=1)
    cache_gib: float
    """Keys and values, where there is no GPU."""
    gpu: float
    """GPUs of this replica; 0 runs on the CPU, and forks."""
