from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from app.deps import MayManage, MayRead, SessionDep
from app.registry import approvals, gates
from app.registry.routes import Alias
from app.registry.schemas import ApprovalRead, ApprovalWrite, GateCheck, GateRead, GateWrite
from app.registry.version_routes import Number

router = APIRouter(tags=["registry"])


@router.get("/projects/{project}/gates", response_model=list[GateRead])
async def project_gates(session: SessionDep, principal: MayRead, project: str) -> object:
    """Those that hold for every model of the project."""
    return await gates.of_project(session, principal=principal, project=project)


@router.put("/projects/{project}/gates/{alias}", response_model=GateRead)
async def put_project_gate(
    session: SessionDep, principal: MayManage, project: str, alias: Alias, body: GateWrite
) -> object:
    """In place of the one that there was. What an alias points at already is not looked at."""
    return await gates.put_of_project(session, principal=principal, project=project, alias=alias, asked=body.rules)


@router.delete("/projects/{project}/gates/{alias}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_project_gate(session: SessionDep, principal: MayManage, project: str, alias: Alias) -> None:
    await gates.remove_of_project(session, principal=principal, project=project, alias=alias)


@router.get("/models/{model_id}/gates", response_model=list[GateRead])
async def model_gates(session: SessionDep, principal: MayRead, model_id: UUID) -> object:
    """All that hold for its aliases, its project's among them: a version must pass both."""
    return await gates.of_model(session, principal=principal, model_id=model_id)


@router.put("/models/{model_id}/gates/{alias}", response_model=GateRead)
async def put_model_gate(
    session: SessionDep, principal: MayManage, model_id: UUID, alias: Alias, body: GateWrite
) -> object:
    """In place of the one that there was. What the alias points at already is not looked at."""
    return await gates.put_of_model(session, principal=principal, model_id=model_id, alias=alias, asked=body.rules)


@router.delete("/models/{model_id}/gates/{alias}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_model_gate(session: SessionDep, principal: MayManage, model_id: UUID, alias: Alias) -> None:
    await gates.remove_of_model(session, principal=principal, model_id=model_id, alias=alias)


@router.get("/models/{model_id}/aliases/{alias}:check", response_model=GateCheck)
async def check(
    session: SessionDep,
    principal: MayRead,
    model_id: UUID,
    alias: Alias,
    version: Annotated[int, Query(ge=1, lt=10**9)],
) -> object:
    """What the gate of the alias says of a version; nothing is moved."""
    return await gates.check(session, principal=principal, model_id=model_id, alias=alias, number=version)


@router.get("/models/{model_id}/versions/{version}/approvals", response_model=list[ApprovalRead])
async def list_approvals(session: SessionDep, principal: MayRead, model_id: UUID, version: Number) -> object:
    return await approvals.approvals(session, principal=principal, model_id=model_id, number=version)


@router.post(
    "/models/{model_id}/versions/{version}/approvals",
    response_model=ApprovalRead,
    status_code=status.HTTP_201_CREATED,
)
async def approve(
    session: SessionDep, principal: MayManage, model_id: UUID, version: Number, body: ApprovalWrite
) -> object:
    """By an admin who is a person, signed in, and not the author."""
    return await approvals.approve(
        session, principal=principal, model_id=model_id, number=version, alias=body.alias, comment=body.comment
    )


@router.delete("/models/{model_id}/versions/{version}/approvals/{alias}", status_code=status.HTTP_204_NO_CONTENT)
async def withdraw(session: SessionDep, principal: MayManage, model_id: UUID, version: Number, alias: Alias) -> None:
    """One's own approval."""
    await approvals.withdraw(session, principal=principal, model_id=model_id, number=version, alias=alias)
