"""Settings of the control plane: the only reader of environment variables in `app`."""

from datetime import timedelta
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

import limits
from pydantic import AfterValidator, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.auth.providers import SignInProviders
from app.kit.addresses import AllowedAddresses
from app.kit.keyfile import KeyFile, Keys, parse


def _rate(value: str) -> str:
    try:
        limits.parse(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is no rate: write it like 100/second, 600/minute or 50/10 seconds") from error
    return value


Rate = Annotated[str, AfterValidator(_rate)]


class Settings(BaseSettings):
    """`TRINE_…` of the environment. Secrets are files of `secrets_dir`, one a secret, readable by their owner alone."""

    model_config = SettingsConfigDict(env_prefix="TRINE_", frozen=True)

    home: Path = Path.home() / ".trine"
    secrets_dir: Path | None = None
    """Default: `secrets` below `home`."""
    url: str = "http://127.0.0.1:8000"
    """Where workers and browsers reach the platform."""
    dashboard_url: str = "http://127.0.0.1:8265"
    """Of the Ray cluster that runs the platform; written into `clusters` when that table is empty."""
    storage_url: str | None = None
    """Artifact store: `file:///…`, `s3://…`, `gs://…`, `az://…`. Default: `storage` below `home`."""
    checkpoint_url: str | None = None
    """Folder on storage that all nodes share, or `s3://…`. Default: `checkpoints` below `home`."""
    data_roots: Annotated[tuple[Path, ...], NoDecode] = ()
    """Folders, separated by colons, below which training data may lie. Default: `data` below `home`."""
    web_root: Path | None = None
    """Built web interface. Default: `web/dist` of the source tree."""
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
    """Networks of our own proxies, whose `X-Forwarded-For` is believed, as a JSON list. Default: this machine."""
    registration: Literal["open", "closed"] = "open"
    session_minutes: int = Field(default=60, ge=1)
    """How long a session's token holds; while the session is used it is replaced after half of that."""
    session_hours: int = Field(default=12, ge=1)
    """When a session ends, however much it is used."""
    sign_in_address_rate: Rate = "60/10 minutes"
    """Attempts to sign in or register from one address, whatever becomes of them."""
    sign_in_here_rate: Rate = "10/10 minutes"
    """Attempts on one account from one address."""
    sign_in_account_rate: Rate = "100/hour"
    """Attempts on one account from all addresses: so many can be guessed, and so many lock its owner out."""
    unknown_credential_rate: Rate = "100/minute"
    """Requests from one address with a key, token or session that is not good."""
    sign_in: Annotated[SignInProviders, NoDecode] = ()
    """Who else may say who somebody is: a JSON list, or the path of a file that holds one."""
    allowed_addresses: Annotated[AllowedAddresses, NoDecode] = ()
    """What is asked although it is not public, where others name it: `10.0.0.5:8443,192.168.7.0/24`."""
    enrolment_minutes: int = Field(default=30, ge=1)
    """How long a launched job may take to fetch its task."""
    system_metrics: str = Field(default="on", pattern=r"^(on|off|true|false|yes|no|\d+(\.\d+)?)$")
    """Whether jobs tell of the machines that they run on: `off`, or how many seconds are between two samples."""
    max_artifact_bytes: int = 64 * 1024**3
    """Of one file."""
    pool_size: int = Field(default=8, ge=1)
    """Database connections of one replica."""
    redis_url: str | None = Field(default=None, pattern=r"^rediss?://")
    """`redis://user:password@host:port/0`: counts rate limits for all gateways together. Default: each for itself."""
    api_key_rate: Rate = "3000/second"
    """Requests to the API with one key or session: more than one replica answers, so that one key alone cannot have
    several of them."""
    api_user_rate: Rate = "4000/second"
    api_organization_rate: Rate = "6000/second"
    telemetry_rate: Rate = "6000/second"
    """Batches and files of runs that one key or session reports; counted in no other limit."""
    job_rate: Rate = "2000/second"
    """Requests of one job of the platform, to its own runs alone; counted in no other limit."""
    inference_key_rate: Rate = "100/second"
    """Requests on `/v1` with one key or session; `600/minute` and `50/10 seconds` are other ways to say it."""
    inference_user_rate: Rate = "200/second"
    inference_organization_rate: Rate = "500/second"
    inference_organization_tokens: Rate = "10000000/minute"
    """Tokens of prompts and answers."""
    inference_body_bytes: int = Field(default=8 * 1024**2, ge=1)
    """Of one request."""
    inference_body_seconds: float = Field(default=30, gt=0)
    """How long a client may take to send its request."""
    inference_seconds: float = Field(default=600, gt=0)
    """From a request to the end of its answer, streamed or whole, the wait for its turn included."""
    inference_queue_seconds: float = Field(default=10, gt=0)
    """How long a request waits for its turn where the deployment has as many as it can work on."""
    inference_queue: float = Field(default=1, ge=0)
    """How many may wait, in multiples of what the deployment can work on at once."""
    retention_days: int = Field(default=30, ge=1)
    """How long what was deleted can be undeleted; then it is removed for good."""
    log_days: int | None = Field(default=None, ge=1)
    """How long any project may keep entries of logs; whole months are dropped at once. Default: as it says itself."""
    metric_days: int | None = Field(default=None, ge=1)
    """How long any project may keep the points of a run that has ended; its last values stay."""
    log_level: str = "INFO"
    otlp_endpoint: str | None = Field(default=None, validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT")
    """Of an OpenTelemetry collector, which is sent traces by OTLP over HTTP. Default: nothing is traced."""
    given_signing_key: SecretStr | None = Field(default=None, validation_alias="TRINE_SIGNING_KEY")
    """Instead of the file; a line a key, the current one first. A change needs a restart, that of a file does not."""
    given_key_pepper: SecretStr | None = Field(default=None, validation_alias="TRINE_KEY_PEPPER")

    @field_validator("data_roots", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part for part in value.split(":") if part) if isinstance(value, str) else value

    def secret(self, name: str) -> str:
        """Raises `RuntimeError` that names the missing file."""
        path = self._secrets / name
        try:
            return path.read_text().strip()
        except OSError as error:
            raise RuntimeError(
                f"secret {name!r} cannot be read from {path}: {error.strerror}; run `trine up`, or provide it"
            ) from error

    @property
    def signing_keys(self) -> Keys:
        """The current one, which signs, and those before it, whose signatures still hold."""
        return _given(self.given_signing_key) or self.signing_key_file.keys

    @property
    def key_peppers(self) -> Keys:
        """The current one, and those before it, under which credentials may still be stored."""
        return _given(self.given_key_pepper) or self.key_pepper_file.keys

    @property
    def signing_key(self) -> bytes:
        return self.signing_keys[0]

    @property
    def key_pepper(self) -> bytes:
        return self.key_peppers[0]

    @property
    def retention(self) -> timedelta:
        return timedelta(days=self.retention_days)

    @cached_property
    def signing_key_file(self) -> KeyFile:
        return KeyFile(self._secrets / "signing_key")

    @cached_property
    def key_pepper_file(self) -> KeyFile:
        return KeyFile(self._secrets / "key_pepper")

    @property
    def is_secure(self) -> bool:
        """Whether browsers come over TLS."""
        return self.url.startswith("https:")

    @property
    def store(self) -> str:
        return self.storage_url or (self.home / "storage").as_uri()

    @property
    def checkpoints(self) -> str:
        """Where workers keep their checkpoints: a folder that every node shares, or a bucket."""
        return self.checkpoint_url or str(self.home / "checkpoints")

    @property
    def cache(self) -> str:
        """Folder for models that replicas have fetched."""
        return str(self.home / "cache")

    @property
    def readable_roots(self) -> tuple[Path, ...]:
        return self.data_roots or (self.home / "data",)

    @property
    def _secrets(self) -> Path:
        return self.secrets_dir or self.home / "secrets"


def _given(secret: SecretStr | None) -> Keys:
    return parse(secret.get_secret_value()) if secret else ()
