"""Who else may say who somebody is: the settings of each provider, and what it has proved of a person."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, TypeAdapter

from app.errors import PlatformError

Address = Annotated[str, Field(pattern=r"^https?://[^\s?#]+$", max_length=500)]


class ProviderSettings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
    """In the address that the provider sends people back to, and of the file of its secret, `sign_in_<name>`."""
    title: Annotated[str, Field(min_length=1, max_length=60)]
    """On the button."""
    client_id: Annotated[str, Field(min_length=1)]
    client_secret: SecretStr | None = None
    """Better left to the file: the environment of the platform is that of every process of the cluster."""
    registration: Literal["open", "closed"] | None = None
    """Whether it lets in people without an account. Default: as the platform's own."""
    adopts_accounts: bool = False
    """Whether a person whose address it has verified gets the account of that address. Whoever made that account may
    never have shown that the address was theirs: so its password, sessions, keys and other identities end."""


class OidcSettings(ProviderSettings):
    kind: Literal["oidc"]
    issuer: Address
    """Exactly as its tokens say it; `/.well-known/openid-configuration` lies below it."""
    scopes: tuple[str, ...] = ("openid", "email", "profile")


class GithubSettings(ProviderSettings):
    kind: Literal["github"]
    title: Annotated[str, Field(min_length=1, max_length=60)] = "GitHub"
    url: Address = "https://github.com"
    """Of GitHub Enterprise Server: its own address."""
    api_url: Address = "https://api.github.com"
    """Of GitHub Enterprise Server: `/api/v3` below its address."""

    @property
    def issuer(self) -> str:
        return self.url


AnyProviderSettings = Annotated[OidcSettings | GithubSettings, Field(discriminator="kind")]


def _listed(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text and not text.startswith("["):
        try:
            text = Path(text).read_text()
        except OSError as error:
            said = f"{text} cannot be read ({error.strerror}): write a JSON list, or the path of a file that holds one"
            raise ValueError(said) from error
    found = TypeAdapter(tuple[AnyProviderSettings, ...]).validate_json(text or "[]")
    if len({each.name for each in found}) < len(found):
        raise ValueError("two providers have the same name")
    return found


SignInProviders = Annotated[tuple[AnyProviderSettings, ...], BeforeValidator(_listed)]
"""Also from text: a JSON list, or the path of a file that holds one."""


@dataclass(frozen=True, slots=True)
class Proven:
    """What a provider says of a person; `issuer` and `subject` name them, and nothing else does."""

    issuer: str
    subject: str
    email: str
    """Empty where it says none."""
    email_verified: bool
    name: str


class SignInRefused(PlatformError):
    """`code` is what the sign-in page tells; the detail is for the log."""

    status, code = 403, "sign_in_refused"
