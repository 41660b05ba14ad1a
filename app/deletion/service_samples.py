"""How long it is kept how services answered: ten seconds each for a day, then five minutes each for ninety."""

from datetime import timedelta

from app.deletion.service_samples_repository import ServiceSamples
from app.kit.clock import now
from app.kit.db import CONTROLLER, Database
from app.span import EPOCH, Kept

FINE, COARSE = 10, 300
"""Seconds."""
LEVELS = (Kept(FINE, timedelta(days=1)), Kept(COARSE, timedelta(days=90)))


async def sweep(database: Database) -> None:
    when = now()
    when -= (when - EPOCH) % timedelta(seconds=COARSE)
    async with database.session(CONTROLLER) as session:
        samples = ServiceSamples(session)
        await samples.fold(FINE, COARSE, when - LEVELS[0].kept)
        await samples.forget(COARSE, when - LEVELS[1].kept)
