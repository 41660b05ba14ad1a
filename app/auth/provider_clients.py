"""The providers that a replica can ask, each with what it remembers of them."""

from collections.abc import Callable, Iterable

from app.auth.github import GithubClient
from app.auth.oidc import OidcClient
from app.auth.providers import GithubSettings, OidcSettings
from app.errors import NotFound
from app.kit.outbound import Outbound

Client = OidcClient | GithubClient


class ProviderClients:
    def __init__(
        self,
        settings: Iterable[OidcSettings | GithubSettings],
        *,
        url: str,
        secret: Callable[[str], str],
        outbound: Outbound,
    ) -> None:
        """`url` is the platform's own. Raises `RuntimeError` where a provider's secret cannot be read."""
        self._clients: dict[str, Client] = {}
        for each in settings:
            read = _secret(each, secret)
            read()
            back = f"{url.rstrip('/')}/api/v1/auth/providers/{each.name}/callback"
            if isinstance(each, OidcSettings):
                self._clients[each.name] = OidcClient(each, read, back, outbound)
            else:
                self._clients[each.name] = GithubClient(each, read, back, outbound)

    def settings(self) -> list[OidcSettings | GithubSettings]:
        """In the order of the configuration, which is that of the buttons."""
        return [client.settings for client in self._clients.values()]

    def get(self, name: str) -> Client:
        """Raises `NotFound`."""
        client = self._clients.get(name)
        if client is None:
            raise NotFound("sign-in provider", name)
        return client


def _secret(settings: OidcSettings | GithubSettings, stored: Callable[[str], str]) -> Callable[[], str]:
    """Read each time that it is needed, so that a new one holds at once."""
    given = settings.client_secret
    return given.get_secret_value if given else lambda: stored(f"sign_in_{settings.name}")
