"""Gates: rules that a version must pass before an alias points at it; of one model, or of all of a project."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from app.activity import service as activity
from app.activity.actor import Subject
from app.auth.permissions import Action
from app.auth.principal import Principal
from app.bounds import Listed, check_room
from app.errors import Invalid, NotFound
from app.projects import service as projects
from app.registry import licence, rules, service, versions
from app.registry.gate_repository import ApprovalRepository, EvaluationRepository, GateRepository
from app.registry.rules import Evaluation, Facts, Outcome
from app.registry.schemas import GateCheck
from app.tables import ModelApproval, ModelGate, ModelVersion, Project, RegisteredModel
from trine.specs.registry import LicenceRule, MetricRule, Rule

_RULES: TypeAdapter[list[Rule]] = TypeAdapter(list[Rule])


async def of_model(session: AsyncSession, *, principal: Principal, model_id: UUID) -> Sequence[ModelGate]:
    """All that hold for its aliases, its project's among them."""
    model = await service.get(session, principal=principal, model_id=model_id)
    return await _holding(session, model)


async def of_project(session: AsyncSession, *, principal: Principal, project: str) -> Sequence[ModelGate]:
    parent = await projects.get(session, principal=principal, ref=project)
    return await GateRepository(session).every(ModelGate.project_id == parent.id, ModelGate.model_id.is_(None))


async def put_of_model(
    session: AsyncSession, *, principal: Principal, model_id: UUID, alias: str, asked: Sequence[Rule]
) -> ModelGate:
    model = await service.get(session, principal=principal, model_id=model_id, action=Action.MANAGE)
    return await _put(session, principal, model, alias, asked)


async def put_of_project(
    session: AsyncSession, *, principal: Principal, project: str, alias: str, asked: Sequence[Rule]
) -> ModelGate:
    parent = await projects.get(session, principal=principal, ref=project, action=Action.MANAGE)
    return await _put(session, principal, parent, alias, asked)


async def remove_of_model(session: AsyncSession, *, principal: Principal, model_id: UUID, alias: str) -> None:
    model = await service.get(session, principal=principal, model_id=model_id, action=Action.MANAGE)
    await _remove(session, principal, model, alias)


async def remove_of_project(session: AsyncSession, *, principal: Principal, project: str, alias: str) -> None:
    parent = await projects.get(session, principal=principal, ref=project, action=Action.MANAGE)
    await _remove(session, principal, parent, alias)


async def check(session: AsyncSession, *, principal: Principal, model_id: UUID, alias: str, number: int) -> GateCheck:
    """What would be said if the alias were moved now."""
    model = await service.get(session, principal=principal, model_id=model_id)
    version = await versions.find(session, model=model, ref=str(number))
    found = await outcomes(session, model=model, alias=alias, version=version)
    return GateCheck(passed=all(outcome.passed for outcome in found), outcomes=found)


async def outcomes(
    session: AsyncSession, *, model: RegisteredModel, alias: str, version: ModelVersion
) -> list[Outcome]:
    """One of each rule, the project's first; none where there is no gate."""
    held = [gate for gate in await _holding(session, model) if gate.alias == alias]
    asked = [rule for gate in held for rule in _RULES.validate_python(gate.rules)]
    if not asked:
        return []
    approved = await ApprovalRepository(session).every(
        ModelApproval.version_id == version.id, ModelApproval.alias == alias
    )
    evaluated = await EvaluationRepository(session).reported(version)
    facts = Facts(
        metrics=version.metrics,
        licence=version.licence,
        evaluations=[
            Evaluation(environment, summary.get("success_rate"), summary.get("episodes", 0))
            for environment, summary in evaluated
        ],
        approvals={each.user_id for each in approved},
        author=version.created_by,
    )
    return rules.evaluate(asked, facts)


async def _holding(session: AsyncSession, model: RegisteredModel) -> Sequence[ModelGate]:
    of_either = (ModelGate.model_id == model.id) | ModelGate.model_id.is_(None)
    found = await GateRepository(session).every(ModelGate.project_id == model.project_id, of_either)
    return sorted(found, key=lambda gate: (gate.alias, gate.model_id is not None))


async def _put(
    session: AsyncSession, principal: Principal, of: RegisteredModel | Project, alias: str, asked: Sequence[Rule]
) -> ModelGate:
    written = [_checked(rule, f"rules.{index}").model_dump(mode="json") for index, rule in enumerate(asked)]
    before = await _gate(session, of, alias)
    told = before.rules if before else None
    project_id, model_id = _place(of)
    repository = GateRepository(session)
    if before is None:
        await check_room(repository, Listed.GATES, ModelGate.project_id == project_id)
    await repository.put(org_id=of.org_id, project_id=project_id, model_id=model_id, alias=alias, rules=written)
    gate = await _gate(session, of, alias)
    if gate is None:
        raise NotFound("gate of the alias", alias)
    await session.refresh(gate)
    if told != written:
        await _record(session, principal, of, "model_gate.changed", alias, told, written)
    return gate


async def _remove(session: AsyncSession, principal: Principal, of: RegisteredModel | Project, alias: str) -> None:
    gate = await _gate(session, of, alias)
    if gate is None:
        raise NotFound("gate of the alias", alias)
    await GateRepository(session).remove(gate)
    await _record(session, principal, of, "model_gate.removed", alias, gate.rules, None)


async def _gate(session: AsyncSession, of: RegisteredModel | Project, alias: str) -> ModelGate | None:
    project_id, model_id = _place(of)
    mine = ModelGate.model_id == model_id if model_id else ModelGate.model_id.is_(None)
    return await GateRepository(session).one(ModelGate.project_id == project_id, mine, ModelGate.alias == alias)


def _place(of: RegisteredModel | Project) -> tuple[UUID, UUID | None]:
    return (of.project_id, of.id) if isinstance(of, RegisteredModel) else (of.id, None)


def _checked(rule: Rule, field: str) -> Rule:
    """What the shape of a rule does not tell; raises `Invalid`."""
    match rule:
        case MetricRule(at_least=None, at_most=None):
            raise Invalid("say `at_least`, `at_most` or both", field=field)
        case LicenceRule():
            allowed = tuple(licence.canonical(each, field=f"{field}.allowed") for each in rule.allowed)
            return LicenceRule(allowed=allowed)
    return rule


async def _record(
    session: AsyncSession,
    principal: Principal,
    of: RegisteredModel | Project,
    action: str,
    alias: str,
    before: list[dict[str, Any]] | None,
    after: list[dict[str, Any]] | None,
) -> None:
    data = {"alias": alias, "before": before, "after": after}
    if isinstance(of, RegisteredModel):
        await service.record(session, of, action, principal.actor, data)
        return
    await activity.record(session, principal.actor, action, Subject("project", of.id, of.org_id, of.id), data)
