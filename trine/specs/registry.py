"""What is said of a version of a model, and what it must be before an alias may point at it."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from trine.specs.base import Spec

Dimension = Annotated[int, Field(ge=-1)]
"""-1: any, the same wherever a batch or a sequence has it."""


class Tensor(Spec):
    """One input or output."""

    name: str = Field(min_length=1, max_length=200)
    type: str = Field(min_length=1, max_length=40)
    """As NumPy names it: float32, int64; or `string`."""
    shape: tuple[Dimension, ...] = Field(default=(), max_length=16)


class Signature(Spec):
    """What a model takes and gives. Recipes add what only their kind of model has, such as `labels`."""

    model_config = ConfigDict(extra="allow")

    task: str = Field(default="", max_length=100)
    inputs: tuple[Tensor, ...] = Field(max_length=1000)
    outputs: tuple[Tensor, ...] = Field(max_length=1000)


class MetricRule(Spec):
    """A metric of the version lies within bounds; one that is missing, or is no number, does not."""

    kind: Literal["metric"] = "metric"
    metric: str = Field(min_length=1, max_length=250)
    at_least: float | None = Field(default=None, allow_inf_nan=False)
    at_most: float | None = Field(default=None, allow_inf_nan=False)


class EvaluationRule(Spec):
    """A simulation of the version has ended well, has a report, and was successful often enough."""

    kind: Literal["evaluation"] = "evaluation"
    environment: str = Field(default="", max_length=200)
    """Of the simulation; empty: any."""
    success_rate: float = Field(ge=0, le=1)
    """At least; of the completed episodes of the newest such simulation."""
    episodes: int = Field(default=1, ge=1)
    """Completed, at least; simulations with fewer are not looked at."""


class LicenceRule(Spec):
    """The licence is one of these SPDX expressions; a version without one has none of them."""

    kind: Literal["licence"] = "licence"
    allowed: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = Field(min_length=1, max_length=100)


class ApprovalRule(Spec):
    """Admins or owners who are not the author have approved of the version for this alias."""

    kind: Literal["approval"] = "approval"
    count: int = Field(default=1, ge=1, le=10)


Rule = Annotated[MetricRule | EvaluationRule | LicenceRule | ApprovalRule, Field(discriminator="kind")]


def described(rule: Rule) -> dict[str, Any]:
    """As JSON, without what was left at its default."""
    return rule.model_dump(mode="json", exclude_none=True)
