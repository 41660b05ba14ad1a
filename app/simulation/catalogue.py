"""The built-in environments: data that `sim` generated, loaded when the platform comes up."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.simulation.repository import EnvironmentRepository


async def load(session: AsyncSession, entries: Sequence[dict[str, Any]]) -> None:
    """Each entry has a `name` and a `description`; those that are there already get the new description."""
    await EnvironmentRepository(session).put_builtin(
        [{"name": entry["name"], "description": entry["description"]} for entry in entries]
    )
