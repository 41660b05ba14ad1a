from typing import Any
from uuid import UUID, uuid4

import pytest

from app.registry.rules import Evaluation, Facts, evaluate
from trine.specs.registry import ApprovalRule, EvaluationRule, LicenceRule, MetricRule, Rule

AUTHOR, ADMIN, OTHER = uuid4(), uuid4(), uuid4()


def facts(**known: Any) -> Facts:
    unknown: dict[str, Any] = {"metrics": {}, "licence": None, "evaluations": (), "approvals": set(), "author": AUTHOR}
    return Facts(**unknown | known)


def passes(rule: Rule, **known: Any) -> bool:
    (outcome,) = evaluate([rule], facts(**known))
    assert outcome.message
    return outcome.passed


@pytest.mark.parametrize(
    ("value", "passed"),
    [(0.5, True), (0.9, True), (0.91, False), (0.49, False), (None, False), (float("nan"), False), ("0.6", False)],
)
def test_a_metric_within_bounds(value: object, passed: bool) -> None:
    rule = MetricRule(metric="accuracy", at_least=0.5, at_most=0.9)
    assert passes(rule, metrics={"accuracy": value, "loss": 0.6}) is passed


def test_a_metric_with_one_bound() -> None:
    assert passes(MetricRule(metric="loss", at_most=1.0), metrics={"loss": -5})
    assert not passes(MetricRule(metric="loss", at_least=1.0), metrics={"loss": True}), "true is not 1"


def test_the_newest_evaluation_counts() -> None:
    rule = EvaluationRule(success_rate=0.8, episodes=100, environment="Pole")
    good, bad = Evaluation("Pole", 0.9, 100), Evaluation("Pole", 0.5, 100)
    assert passes(rule, evaluations=[good, bad])
    assert not passes(rule, evaluations=[bad, good])
    assert passes(rule, evaluations=[Evaluation("Pole", 0.1, 99), Evaluation("Car", 0.1, 100), good])
    assert not passes(rule, evaluations=[Evaluation("Pole", None, 100), good])
    assert not passes(rule)
    assert passes(EvaluationRule(success_rate=0.8), evaluations=[Evaluation("Car", 0.8, 1)])


def test_a_licence_is_one_of_the_list() -> None:
    rule = LicenceRule(allowed=("MIT", "Apache-2.0"))
    assert passes(rule, licence="MIT")
    assert not passes(rule, licence="GPL-3.0-only")
    assert not passes(rule)


@pytest.mark.parametrize(
    ("approvals", "passed"), [(set(), False), ({ADMIN}, False), ({AUTHOR, ADMIN}, False), ({ADMIN, OTHER}, True)]
)
def test_the_author_does_not_count_among_who_approved(approvals: set[UUID], passed: bool) -> None:
    assert passes(ApprovalRule(count=2), approvals=approvals) is passed


def test_each_rule_has_an_outcome_in_its_order() -> None:
    rules = [LicenceRule(allowed=("MIT",)), ApprovalRule(), MetricRule(metric="loss", at_most=1.0)]
    found = evaluate(rules, facts(licence="MIT"))
    assert [(each.rule, each.passed) for each in found] == [*zip(rules, (True, False, False), strict=True)]
