"""What one replica of the control plane holds open: database, listener, credentials, artifact store."""

from dataclasses import dataclass

from app.auth.credentials import TOPIC, Credentials
from app.config import Settings
from app.kit.db import Database
from app.kit.notify import Announcer, Listener
from app.kit.pipeline import Pipeline
from app.storage.store import ArtifactStore


@dataclass
class Platform:
    settings: Settings
    database: Database
    pipeline: Pipeline
    listener: Listener
    announcer: Announcer
    credentials: Credentials
    store: ArtifactStore

    @classmethod
    def open(cls, settings: Settings) -> "Platform":
        url = settings.secret("database_app_url")
        database = Database(url, pool_size=settings.pool_size)
        credentials = Credentials(database, settings)
        listener = Listener(url)
        listener.on_message(TOPIC, credentials.forget)
        listener.on_state(credentials.trust)
        return cls(
            settings=settings,
            database=database,
            pipeline=Pipeline(url, size=settings.pool_size),
            listener=listener,
            announcer=Announcer(database),
            credentials=credentials,
            store=ArtifactStore(settings.store),
        )

    async def start(self) -> None:
        self.listener.start()
        self.announcer.start()
        await self.pipeline.open()

    async def close(self) -> None:
        await self.listener.stop()
        await self.announcer.stop()
        await self.pipeline.close()
        await self.database.close()
