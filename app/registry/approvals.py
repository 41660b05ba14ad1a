"""Approvals: an admin finds a version that somebody else made good enough for an alias."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.permissions import Action
from app.auth.principal import Principal, PrincipalKind
from app.bounds import Listed, check_room
from app.errors import Conflict, Forbidden, NotFound
from app.registry import service, versions
from app.registry.gate_repository import ApprovalRepository
from app.registry.schemas import ApprovalRead
from app.tables import ModelApproval


async def approvals(
    session: AsyncSession, *, principal: Principal, model_id: UUID, number: int
) -> Sequence[ApprovalRead]:
    version = await versions.get(session, principal=principal, model_id=model_id, number=number)
    rows = await ApprovalRepository(session).with_names(ModelApproval.version_id == version.id)
    return [_read(row, name) for row, name in rows]


async def approve(
    session: AsyncSession, *, principal: Principal, model_id: UUID, number: int, alias: str, comment: str
) -> ApprovalRead:
    """Raises `Forbidden` for a key, which is no person, and `Conflict` for the author, or a second time."""
    model = await service.get(session, principal=principal, model_id=model_id, action=Action.MANAGE)
    version = await versions.find(session, model=model, ref=str(number))
    user_id = _person(principal)
    if version.created_by == user_id:
        raise Conflict("you are its author: somebody else has to approve of it", code="own_version")
    repository = ApprovalRepository(session)
    await check_room(repository, Listed.APPROVALS, ModelApproval.version_id == version.id)
    row = ModelApproval(
        org_id=version.org_id,
        project_id=version.project_id,
        version_id=version.id,
        alias=alias,
        user_id=user_id,
        comment=comment,
    )
    try:
        async with session.begin_nested():
            await repository.add(row)
    except IntegrityError as error:
        raise Conflict("you have approved of it for this alias before", code="approved_before") from error
    data = {"version": number, "alias": alias, "comment": comment}
    await service.record(session, model, "model_version.approved", principal.actor, data)
    ((found, name),) = await repository.with_names(ModelApproval.id == row.id)
    return _read(found, name)


async def withdraw(session: AsyncSession, *, principal: Principal, model_id: UUID, number: int, alias: str) -> None:
    """One's own. An alias that points at the version already stays where it is."""
    model = await service.get(session, principal=principal, model_id=model_id, action=Action.MANAGE)
    version = await versions.find(session, model=model, ref=str(number))
    withdrawn = await ApprovalRepository(session).withdraw(version=version, alias=alias, user_id=_person(principal))
    if not withdrawn:
        raise NotFound("approval of yours for the alias", alias)
    data = {"version": number, "alias": alias, "before": {"alias": alias}, "after": None}
    await service.record(session, model, "model_version.approval_withdrawn", principal.actor, data)


def _person(principal: Principal) -> UUID:
    if principal.kind is not PrincipalKind.USER or principal.user_id is None:
        raise Forbidden("only a person approves, signed in and not by a key", code="people_only")
    return principal.user_id


def _read(row: ModelApproval, name: str | None) -> ApprovalRead:
    return ApprovalRead(alias=row.alias, user_id=row.user_id, name=name, comment=row.comment, created_at=row.created_at)
