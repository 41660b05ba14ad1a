"""Sign-in by OpenID Connect: authorization code, PKCE, state, nonce (OpenID Connect Core 1.0, RFC 9700)."""

from collections.abc import Callable, Mapping
from typing import Any

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError

from app.auth.discovery import Discovery
from app.auth.providers import OidcSettings, Proven, SignInRefused
from app.kit.outbound import Outbound

LEEWAY = 60
"""Seconds that the two clocks may differ."""
ALGORITHMS = frozenset(
    ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
)
"""Signatures by a private key. Not `none`, and not HMAC, whose key would be the client's secret, or a published one."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class OidcClient:
    def __init__(
        self, settings: OidcSettings, secret: Callable[[], str], redirect_uri: str, outbound: Outbound
    ) -> None:
        self.settings = settings
        self.discovery = Discovery(settings.issuer, outbound)
        self._secret = secret
        self._redirect_uri = redirect_uri
        self._outbound = outbound

    async def authorization_url(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where the browser goes; raises `Unreachable` where the provider does not answer."""
        metadata = await self.discovery.metadata()
        return str(
            prepare_grant_uri(
                metadata["authorization_endpoint"],
                client_id=self.settings.client_id,
                response_type="code",
                redirect_uri=self._redirect_uri,
                scope=" ".join(self.settings.scopes),
                state=state,
                nonce=nonce,
                code_challenge=create_s256_code_challenge(verifier),
                code_challenge_method="S256",
            )
        )

    async def prove(self, *, code: str, nonce: str, verifier: str, issuer: str | None) -> Proven:
        """`issuer` is what the answer in the browser's address said of itself (RFC 9207), if it did."""
        if issuer is not None and issuer != self.settings.issuer:
            raise _refused(f"the answer is of {issuer!r}, and {self.settings.issuer} was asked")
        tokens = await self._tokens(code, verifier)
        claims = await self._claims(tokens, nonce)
        if not claims.get("email") and "email" in self.settings.scopes:
            claims = {**claims, **await self._user(tokens, claims["sub"])}
        return Proven(
            issuer=self.settings.issuer,
            subject=claims["sub"],
            email=_text(claims.get("email")),
            # Some providers write it as a text.
            email_verified=claims.get("email_verified") is True or claims.get("email_verified") == "true",
            name=_text(claims.get("name")) or _text(claims.get("preferred_username")),
        )

    async def _tokens(self, code: str, verifier: str) -> Mapping[str, Any]:
        metadata = await self.discovery.metadata()
        body = prepare_token_request(
            "authorization_code", code=code, redirect_uri=self._redirect_uri, code_verifier=verifier
        )
        offered = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        method = "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"
        address, headers, body = ClientAuth(self.settings.client_id, self._secret(), method).prepare(
            "POST", metadata["token_endpoint"], dict(FORM), body
        )
        answer = await self._outbound.ask("POST", address, headers=headers, content=body)
        tokens = answer.json()
        if answer.status != 200 or not isinstance(tokens, dict) or not isinstance(tokens.get("id_token"), str):
            said = tokens.get("error") if isinstance(tokens, dict) else None
            raise _refused(f"the provider gave no token for the code: {answer.status} {_text(said)[:100]}")
        return tokens

    async def _claims(self, tokens: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        try:
            token = await self._decoded(tokens["id_token"])
            options = {
                "iss": {"essential": True, "value": self.settings.issuer},
                "aud": {"essential": True, "value": self.settings.client_id},
                "sub": {"essential": True},
            }
            expected = {
                "nonce": nonce,
                "client_id": self.settings.client_id,
                "access_token": tokens.get("access_token"),
            }
            claims = CodeIDToken(token.claims, token.header, options, expected)
            claims.validate(leeway=LEEWAY)
        except (JoseError, ValueError, TypeError) as error:
            raise _refused(
                f"the token of {self.settings.issuer} is not good: {type(error).__name__} {error}"
            ) from error
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
            raise _refused(f"the token of {self.settings.issuer} names nobody")
        return dict(claims)

    async def _decoded(self, text: str) -> jwt.Token:
        offered = (await self.discovery.metadata()).get("id_token_signing_alg_values_supported") or ["RS256"]
        accepted = sorted(ALGORITHMS & set(offered))
        if not accepted:
            raise _refused(f"{self.settings.issuer} signs its tokens with no private key")
        try:
            return jwt.decode(text, await self.discovery.keys(), algorithms=accepted)
        except (InvalidKeyIdError, BadSignatureError):
            return jwt.decode(text, await self.discovery.keys(anew=True), algorithms=accepted)

    async def _user(self, tokens: Mapping[str, Any], subject: str) -> dict[str, Any]:
        address = (await self.discovery.metadata()).get("userinfo_endpoint")
        if not isinstance(address, str) or not isinstance(tokens.get("access_token"), str):
            return {}
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        answer = await self._outbound.ask("GET", address, headers=headers)
        found = answer.json()
        # Otherwise it may be about somebody else (OpenID Connect Core 5.3.2).
        if answer.status != 200 or not isinstance(found, dict) or found.get("sub") != subject:
            raise _refused(f"{self.settings.issuer} tells of another person than its token")
        return {name: found[name] for name in ("email", "email_verified", "name") if name in found}


def _refused(detail: str) -> SignInRefused:
    return SignInRefused(detail, code="sign_in_invalid")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
