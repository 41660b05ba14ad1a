"""What an OpenID provider publishes of itself: its endpoints and its keys, remembered for a while."""

import time
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.auth.providers import SignInRefused
from app.kit.outbound import Answer, Outbound, Unreachable

REMEMBERED = 3600.0
"""Seconds."""
REDIRECTS = 3


class Discovery:
    """Of one issuer. Two requests at once may both ask; the later answer stays."""

    def __init__(self, issuer: str, outbound: Outbound, *, remembered: float = REMEMBERED) -> None:
        self.issuer = issuer
        self._outbound = outbound
        self._remembered = remembered
        self._metadata: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    async def metadata(self) -> dict[str, Any]:
        """Raises `Unreachable`, and `SignInRefused` where it is not what the standard asks for."""
        if self._metadata is None or self._metadata[0] < time.monotonic():
            address = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
            self._metadata = (time.monotonic() + self._remembered, self._checked(await self._fetched(address)))
        return self._metadata[1]

    async def keys(self, *, anew: bool = False) -> KeySet:
        """`anew` where a token has a signature of none of them: the provider may have changed them."""
        if anew or self._keys is None or self._keys[0] < time.monotonic():
            published = await self._fetched((await self.metadata())["jwks_uri"])
            try:
                keys = KeySet.import_key_set(published)
            except (JoseError, KeyError, TypeError, ValueError) as error:
                raise _wrong(self.issuer, f"its keys cannot be read: {error}") from error
            self._keys = (time.monotonic() + self._remembered, keys)
        return self._keys[1]

    async def _fetched(self, address: str) -> Any:
        answer: Answer = await self._outbound.ask("GET", address, redirects=REDIRECTS)
        if answer.status != 200:
            raise Unreachable(f"{address} answered {answer.status}")
        return answer.json()

    def _checked(self, found: Any) -> dict[str, Any]:
        if not isinstance(found, dict):
            raise _wrong(self.issuer, "its description is no object")
        if found.get("issuer") != self.issuer:
            raise _wrong(self.issuer, f"it calls itself {found.get('issuer')!r}: set the issuer to that, or correct it")
        for needed in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            address = found.get(needed)
            # Where it is http at all, the connection has been checked to lead to an address that is allowed.
            if not isinstance(address, str) or not address.startswith(
                (self.issuer.partition(":")[0] + "://", "https:")
            ):
                raise _wrong(self.issuer, f"its {needed} is no address of the same scheme")
        return found


def _wrong(issuer: str, what: str) -> SignInRefused:
    return SignInRefused(f"the provider {issuer} is not set up right: {what}", code="provider_wrong")
