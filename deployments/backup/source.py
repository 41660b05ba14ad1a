"""Which platform is meant: the one of the environment, its database running while it is worked on."""

import contextlib
from collections.abc import Iterator

from app.config import Settings
from deployments.local import database
from deployments.local.home import Home
from deployments.local.postgres import Postgres


@contextlib.contextmanager
def owner_url(settings: Settings) -> Iterator[str]:
    """The owner's URL. An embedded server that does not run is started, and stopped again.

    Raises:
        RuntimeError: there is neither a secret `database_owner_url` nor an embedded server.
        LocalError: the embedded server does not start, or the one of TRINE_DATABASE_URL is out of reach.
    """
    home = Home(settings.home)
    server = Postgres(home)
    given = database.external() is not None or (
        not server.initialized and (home.secrets / "database_owner_url").exists()
    )
    if given or server.postmaster() is not None:
        if database.external() is not None:
            database.start(home)
        yield settings.secret("database_owner_url")
        return
    home.create()
    home.make_secrets()
    server.start()
    try:
        yield settings.secret("database_owner_url")
    finally:
        server.stop()
