"""Whether a version is what the rules of a gate ask. Pure: facts in, one outcome a rule out."""

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from trine.specs.registry import ApprovalRule, EvaluationRule, LicenceRule, MetricRule, Rule


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A simulation of the version that ended well and has a report."""

    environment: str
    success_rate: float | None
    """None: nothing counts as a success in its environment."""
    episodes: int


@dataclass(frozen=True, slots=True)
class Facts:
    metrics: Mapping[str, Any]
    licence: str | None
    evaluations: Sequence[Evaluation]
    """The newest first."""
    approvals: Set[UUID]
    """Who has approved of the version for this alias."""
    author: UUID | None


class Outcome(BaseModel):
    model_config = ConfigDict(frozen=True)

    rule: Rule
    passed: bool
    message: str


def evaluate(rules: Sequence[Rule], facts: Facts) -> list[Outcome]:
    """In the order of the rules."""
    return [_evaluate(rule, facts) for rule in rules]


def _evaluate(rule: Rule, facts: Facts) -> Outcome:
    match rule:
        case MetricRule():
            return _metric(rule, facts.metrics.get(rule.metric))
        case EvaluationRule():
            return _evaluation(rule, facts.evaluations)
        case LicenceRule():
            said = facts.licence or "none is stated"
            passed = facts.licence in rule.allowed
            return Outcome(rule=rule, passed=passed, message=f"licence: {said}; allowed: {', '.join(rule.allowed)}")
        case ApprovalRule():
            found = len(facts.approvals - {facts.author})
            return Outcome(
                rule=rule,
                passed=found >= rule.count,
                message=f"approvals by somebody else than the author: {found} of {rule.count}",
            )


def _metric(rule: MetricRule, value: object) -> Outcome:
    wanted = " and ".join(
        f"{sign} {bound:g}" for sign, bound in (("≥", rule.at_least), ("≤", rule.at_most)) if bound is not None
    )
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        said = "is not recorded" if value is None else f"is {value!r}, which is no number"
        return Outcome(rule=rule, passed=False, message=f"{rule.metric} {said}; it must be {wanted}")
    above = rule.at_least is None or value >= rule.at_least
    below = rule.at_most is None or value <= rule.at_most
    return Outcome(rule=rule, passed=above and below, message=f"{rule.metric} is {value:g}; it must be {wanted}")


def _evaluation(rule: EvaluationRule, evaluations: Sequence[Evaluation]) -> Outcome:
    where = f" in {rule.environment}" if rule.environment else ""
    wanted = f"it must be ≥ {rule.success_rate:g}"
    for each in evaluations:
        if rule.environment not in {"", each.environment} or each.episodes < rule.episodes:
            continue
        if each.success_rate is None:
            message = f"{each.environment} does not say what a success is; {wanted}"
            return Outcome(rule=rule, passed=False, message=message)
        message = f"success rate in {each.environment}: {each.success_rate:g} of {each.episodes} episodes; {wanted}"
        return Outcome(rule=rule, passed=each.success_rate >= rule.success_rate, message=message)
    message = (
        f"no evaluation report of {rule.episodes} episodes or more{where}; its success rate must be there: {wanted}"
    )
    return Outcome(rule=rule, passed=False, message=message)
