"""What one replica of the control plane holds open: database, listener, credentials, artifact store."""

from dataclasses import dataclass, field

from app.activity.denials import Denials
from app.auth import repository as auth_repository
from app.auth.attempts import Attempts
from app.auth.credential_limit import CredentialLimit
from app.auth.credentials import TOPIC, Credentials
from app.auth.journal import Journal
from app.auth.provider_clients import ProviderClients
from app.auth.request_limits import RequestLimits
from app.config import Settings
from app.kit.background import Background
from app.kit.db import Database
from app.kit.meter import Exporter, Sink
from app.kit.notify import Announcer, Listener
from app.kit.outbound import Outbound
from app.kit.pipeline import Pipeline
from app.metrics import METRICS
from app.readings import Readings
from app.storage.store import ArtifactStore


@dataclass
class Platform:
    settings: Settings
    database: Database
    pipeline: Pipeline
    listener: Listener
    announcer: Announcer
    credentials: Credentials
    providers: ProviderClients
    denials: Denials
    store: ArtifactStore
    journal: Journal
    attempts: Attempts
    request_limits: RequestLimits
    credential_limit: CredentialLimit
    exporter: Exporter
    background: Background = field(default_factory=Background)

    @classmethod
    def open(cls, settings: Settings, sink: Sink | None = None) -> "Platform":
        """Metrics are told `sink`."""
        url = settings.secret("database_app_url")
        database = Database(url, pool_size=settings.pool_size)
        credentials = Credentials(database, settings)
        journal = Journal(database)
        listener = Listener(url)
        listener.on_message(TOPIC, credentials.forget)
        listener.on_state(credentials.trust)
        pipeline = Pipeline(url, size=settings.pool_size)
        announcer = Announcer(database)
        exporter = Exporter(METRICS, sink)
        exporter.reads(Readings(listener, announcer, sessions=database, pipeline=pipeline))
        return cls(
            settings=settings,
            database=database,
            pipeline=pipeline,
            listener=listener,
            announcer=announcer,
            credentials=credentials,
            providers=ProviderClients(
                settings.sign_in,
                url=settings.url,
                secret=settings.secret,
                outbound=Outbound(settings.allowed_addresses),
            ),
            denials=Denials(database, auth_repository.find_key_owner),
            store=ArtifactStore(settings.store),
            journal=journal,
            attempts=Attempts(settings, journal),
            request_limits=RequestLimits(settings),
            credential_limit=CredentialLimit(settings),
            exporter=exporter,
        )

    async def start(self) -> None:
        self.listener.start()
        self.announcer.start()
        self.denials.start()
        self.journal.start()
        await self.pipeline.open()
        self.exporter.start()

    async def close(self) -> None:
        await self.background.stop()
        await self.exporter.stop()
        await self.listener.stop()
        await self.announcer.stop()
        await self.denials.stop()
        await self.journal.stop()
        await self.attempts.close()
        await self.request_limits.close()
        await self.credential_limit.close()
        await self.pipeline.close()
        await self.database.close()
