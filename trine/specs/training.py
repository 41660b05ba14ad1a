"""Training jobs: one spec class a recipe. `python -m train.main SPEC` and the API read the same."""

from typing import Annotated, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from trine.specs.base import Spec
from trine.specs.data import BuiltinData, Data
from trine.specs.resources import Bundle, WorkerResources

Name = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
"""Lower-case letters, digits and hyphens; at most 63."""


class OptimizerSpec(Spec):
    """AdamW with linear warm-up and cosine decay (Loshchilov & Hutter, arXiv:1711.05101)."""

    learning_rate: float = Field(default=3e-3, gt=0, le=1)
    weight_decay: float = Field(default=0.1, ge=0, le=1)
    beta1: float = Field(default=0.9, ge=0, lt=1)
    beta2: float = Field(default=0.95, ge=0, lt=1)
    warmup_steps: int = Field(default=20, ge=0)
    final_fraction: float = Field(default=0.1, ge=0, le=1)
    """Learning rate at the last step, as a fraction of the peak."""
    gradient_clip: float = Field(default=1.0, gt=0)
    """Largest global L2 norm of the gradient."""


class CheckpointSpec(Spec):
    every_steps: int = Field(default=50, ge=1)
    keep: int = Field(default=2, ge=1, le=100)
    """The newest are kept."""


class RegisterSpec(Spec):
    """What becomes of the result of a run that succeeded."""

    model: Name
    alias: Name | None = None
    """Moved to the new version, e.g. `champion`."""


class LanguageModelShape(Spec):
    """Llama architecture (Touvron et al., arXiv:2302.13971): RMSNorm, rotary positions, SwiGLU, no biases."""

    layers: int = Field(default=4, ge=1, le=128)
    hidden: int = Field(default=128, ge=16, le=16384)
    """Width of the residual stream; a multiple of `heads`."""
    heads: int = Field(default=4, ge=1, le=128)
    key_value_heads: int = Field(default=4, ge=1, le=128)
    """Fewer than `heads` shares keys and values in groups (arXiv:2305.13245)."""
    intermediate: int = Field(default=384, ge=16, le=65536)
    context: int = Field(default=256, ge=16, le=131072)
    """Tokens."""
    tie_embeddings: bool = True

    @model_validator(mode="after")
    def _divisible(self) -> Self:
        if self.hidden % self.heads or (self.hidden // self.heads) % 2:
            raise ValueError(f"hidden ({self.hidden}) must be an even multiple of heads ({self.heads})")
        if self.heads % self.key_value_heads:
            raise ValueError(f"heads ({self.heads}) must be a multiple of key_value_heads ({self.key_value_heads})")
        return self


class _JobSpec(Spec):
    name: Name
    seed: int = Field(default=0, ge=0, lt=2**31)
    experiment: str = Field(default="default", min_length=1, max_length=200)
    register_as: RegisterSpec | None = None
    max_attempts: int = Field(default=3, ge=1, le=20)
    """Attempts when the infrastructure fails; a failure of the user's code or data is never repeated."""


class LanguageModelSpec(_JobSpec):
    """A byte-level BPE tokenizer and a Llama-architecture model trained from scratch."""

    recipe: Literal["lm"]
    data: Data = BuiltinData()
    data_fraction: float = Field(default=1.0, gt=0, le=1)
    """Part of the documents to use, chosen by `seed`."""
    validation_fraction: float = Field(default=0.05, gt=0, lt=0.5)
    """Part of the documents that is held out."""
    validation_tokens: int = Field(default=65_536, ge=16)
    """Held-out tokens that each validation measures, at most."""
    vocabulary: int = Field(default=2048, ge=259, le=262144)
    """Tokens of the tokenizer, special ones included."""
    shape: LanguageModelShape = LanguageModelShape()
    optimizer: OptimizerSpec = OptimizerSpec()
    steps: int = Field(default=300, ge=1)
    batch: int = Field(default=16, ge=1)
    """Sequences per step, over all workers."""
    report_every: int = Field(default=5, ge=1)
    """Steps between reports of loss and throughput."""
    validate_every: int = Field(default=100, ge=1)
    """Steps between measurements of held-out bits per byte; the last step is always measured."""
    checkpoint: CheckpointSpec = CheckpointSpec()
    precision: Literal["float32", "bfloat16"] = "float32"
    resources: WorkerResources = WorkerResources(workers=2)

    @model_validator(mode="after")
    def _batch_divides(self) -> Self:
        if self.batch % self.resources.workers:
            raise ValueError(f"batch ({self.batch}) must be a multiple of resources.workers ({self.resources.workers})")
        return self


class ClassifierSpec(_JobSpec):
    """A small fully connected network on labelled vectors."""

    recipe: Literal["classify"]
    data: Data = BuiltinData(name="digits")
    hidden: int = Field(default=64, ge=1, le=65536)
    layers: int = Field(default=1, ge=1, le=16)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    learning_rate: float = Field(default=1e-3, gt=0, le=10)
    weight_decay: float = Field(default=0.0, ge=0, le=1)
    epochs: int = Field(default=20, ge=1, le=10_000)
    batch: int = Field(default=64, ge=1)
    validation_fraction: float = Field(default=0.2, gt=0, lt=0.9)
    resources: WorkerResources = WorkerResources(workers=1)


class PolicySpec(_JobSpec):
    """Proximal policy optimization (Schulman et al., arXiv:1707.06347) on environments of the platform."""

    recipe: Literal["ppo"]
    environment: str = Field(default="CartPole-v1", min_length=1, max_length=128)
    total_steps: int = Field(default=200_000, ge=1)
    """Environment steps over all workers."""
    environments_per_worker: int = Field(default=8, ge=1, le=4096)
    rollout_steps: int = Field(default=128, ge=1)
    """Steps of each environment between updates."""
    epochs: int = Field(default=4, ge=1, le=100)
    minibatches: int = Field(default=4, ge=1, le=1024)
    learning_rate: float = Field(default=2.5e-3, gt=0, le=1)
    discount: float = Field(default=0.98, ge=0, le=1)
    trace_decay: float = Field(default=0.9, ge=0, le=1)
    """Lambda of generalized advantage estimation (arXiv:1506.02438)."""
    clip: float = Field(default=0.2, gt=0, lt=1)
    entropy: float = Field(default=0.0, ge=0)
    value_weight: float = Field(default=0.5, ge=0)
    gradient_clip: float = Field(default=0.5, gt=0)
    hidden: int = Field(default=64, ge=1, le=8192)
    evaluation_episodes: int = Field(default=100, ge=1)
    """Episodes with seeds that training never saw."""
    checkpoint: CheckpointSpec = CheckpointSpec(every_steps=10)
    """Here a step is one update."""
    resources: WorkerResources = WorkerResources(workers=2)
    """One worker is one actor that holds `environments_per_worker` environments."""


TrainingSpec = Annotated[LanguageModelSpec | ClassifierSpec | PolicySpec, Field(discriminator="recipe")]

training_spec: TypeAdapter[LanguageModelSpec | ClassifierSpec | PolicySpec] = TypeAdapter(TrainingSpec)

DRIVER = Bundle(cpu=1)
"""The process that runs `train.main`, beside its workers."""


def bundles(spec: LanguageModelSpec | ClassifierSpec | PolicySpec) -> tuple[Bundle, ...]:
    """Everything that the job asks of Ray: its driver, then its workers."""
    return (DRIVER, *spec.resources.bundles())
