"""Model cards: Markdown that a person wrote, or one made from the run."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.permissions import Action
from app.auth.principal import Principal
from app.registry import generated_card, service, versions
from app.registry.origin_repository import OriginRepository
from app.registry.schemas import CardRead
from app.tables import ModelVersion, RegisteredModel
from trine.specs.registry import Signature


async def get(
    session: AsyncSession, *, principal: Principal, model_id: UUID, number: int
) -> tuple[CardRead, ModelVersion]:
    model = await service.get(session, principal=principal, model_id=model_id)
    version = await versions.find(session, model=model, ref=str(number))
    if version.card is not None:
        return CardRead(markdown=version.card, written=True), version
    return CardRead(markdown=await _generated(session, model, version), written=False), version


async def put(
    session: AsyncSession, *, principal: Principal, model_id: UUID, number: int, markdown: str | None
) -> tuple[CardRead, ModelVersion]:
    """None: what was written is gone, and it is made from the run again."""
    version = await versions.get(session, principal=principal, model_id=model_id, number=number, action=Action.WORK)
    if version.card != markdown:
        before, version.card = version.card, markdown
        await session.flush()
        model = await service.get(session, principal=principal, model_id=model_id)
        data = {"version": number, "before": _told(before), "after": _told(markdown)}
        await service.record(session, model, "model_version.card_changed", principal.actor, data)
    return await get(session, principal=principal, model_id=model_id, number=number)


async def _generated(session: AsyncSession, model: RegisteredModel, version: ModelVersion) -> str:
    origin = OriginRepository(session)
    run = await origin.run_name(version.run_id)
    facts = generated_card.Facts(
        model=model.name,
        version=version.version,
        description=version.description,
        framework=version.framework,
        licence=version.licence,
        digest=version.digest,
        size=version.size,
        run=run,
        run_id=str(version.run_id),
        params=await origin.params(version.run_id),
        metrics=version.metrics,
        signature=Signature.model_validate(version.signature) if version.signature else None,
    )
    return generated_card.render(facts)


def _told(markdown: str | None) -> dict[str, int] | None:
    """Events are no place for long texts."""
    return None if markdown is None else {"characters": len(markdown)}
