"""Studies: many trials of one training spec."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from trine.specs.base import Spec
from trine.specs.resources import Bundle
from trine.specs.training import DRIVER, Name, TrainingSpec


class Uniform(Spec):
    kind: Literal["uniform"]
    low: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"low ({self.low}) must be less than high ({self.high})")
        return self


class LogUniform(Spec):
    kind: Literal["log_uniform"]
    low: float = Field(gt=0)
    high: float = Field(gt=0)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"low ({self.low}) must be less than high ({self.high})")
        return self


class Integer(Spec):
    """Both ends included."""

    kind: Literal["integer"]
    low: int
    high: int

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"low ({self.low}) must be less than high ({self.high})")
        return self


class Choice(Spec):
    kind: Literal["choice"]
    values: tuple[Any, ...] = Field(min_length=1, max_length=1000)


Distribution = Annotated[Uniform | LogUniform | Integer | Choice, Field(discriminator="kind")]


class Asha(Spec):
    """Asynchronous successive halving (Li et al., arXiv:1810.05934)."""

    kind: Literal["asha"] = "asha"
    grace: int = Field(default=2, ge=1)
    """Reports before a trial may be stopped."""
    reduction: int = Field(default=3, ge=2, le=10)
    """One in `reduction` trials goes on from each rung."""


class StudySpec(Spec):
    name: Name
    base: TrainingSpec
    """What every trial runs, with the values of `space` put in."""
    space: dict[str, Distribution] = Field(min_length=1, max_length=50)
    """Dotted path of a field of `base`, e.g. `optimizer.learning_rate` → what to draw it from."""
    metric: str = Field(default="validation/accuracy", min_length=1, max_length=200)
    mode: Literal["min", "max"] = "max"
    trials: int = Field(default=12, ge=1, le=10_000)
    concurrent: int = Field(default=2, ge=1, le=256)
    """Trials that run at once."""
    stopping: Asha | None = Asha()
    seed: int = Field(default=0, ge=0, lt=2**31)
    experiment: str = Field(default="studies", min_length=1, max_length=200)

    @model_validator(mode="after")
    def _space_is_in_base(self) -> Self:
        for path in self.space:
            fields: Any = self.base
            for part in path.split("."):
                known = sorted(type(fields).model_fields) if isinstance(fields, Spec) else []
                if part not in known:
                    raise ValueError(f"space: {path!r} is not a field of base; allowed at {part!r}: {known}")
                fields = getattr(fields, part)
        return self


def bundles(spec: StudySpec) -> tuple[Bundle, ...]:
    """The driver, then the workers of as many trials as run at once."""
    return (DRIVER, *(spec.base.resources.bundles() * spec.concurrent))
