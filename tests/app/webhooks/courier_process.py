"""A courier in a process of its own: `python -m tests.app.webhooks.courier_process HOME ADDRESS` until it is killed."""

import asyncio
import sys
from pathlib import Path

from app.config import Settings
from app.kit.db import Database
from app.kit.notify import Listener
from app.webhooks.courier import Courier


async def main(home: Path, allowed: str) -> None:
    settings = Settings.model_validate({"home": home, "allowed_addresses": allowed})
    url = settings.secret("database_controller_url")
    await Courier(settings, Database(url, pool_size=2)).run(Listener(url))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
