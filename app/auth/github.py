"""Sign-in by GitHub, which speaks OAuth 2 and no OpenID: who somebody is comes from its API, asked by ourselves."""

from collections.abc import Callable
from typing import Any

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from app.auth.oidc import FORM
from app.auth.providers import GithubSettings, Proven, SignInRefused
from app.kit.outbound import Outbound

SCOPE = "read:user user:email"


class GithubClient:
    def __init__(
        self, settings: GithubSettings, secret: Callable[[], str], redirect_uri: str, outbound: Outbound
    ) -> None:
        self.settings = settings
        self._secret = secret
        self._redirect_uri = redirect_uri
        self._outbound = outbound

    async def authorization_url(self, *, state: str, nonce: str, verifier: str) -> str:
        return str(
            prepare_grant_uri(
                f"{self.settings.url}/login/oauth/authorize",
                client_id=self.settings.client_id,
                response_type="code",
                redirect_uri=self._redirect_uri,
                scope=SCOPE,
                state=state,
                code_challenge=create_s256_code_challenge(verifier),
                code_challenge_method="S256",
            )
        )

    async def prove(self, *, code: str, nonce: str, verifier: str, issuer: str | None) -> Proven:
        token = await self._token(code, verifier)
        user = await self._api("/user", token)
        if not isinstance(user, dict) or not isinstance(user.get("id"), int):
            raise _refused("GitHub named nobody")
        emails = await self._api("/user/emails", token)
        primary = next((each for each in _rows(emails) if each.get("primary") is True), {})
        return Proven(
            issuer=self.settings.issuer,
            # Not the login, which can be given up and taken by somebody else.
            subject=str(user["id"]),
            email=str(primary.get("email") or ""),
            email_verified=primary.get("verified") is True,
            name=str(user.get("name") or user.get("login") or ""),
        )

    async def _token(self, code: str, verifier: str) -> str:
        body = prepare_token_request(
            "authorization_code", code=code, redirect_uri=self._redirect_uri, code_verifier=verifier
        )
        auth = ClientAuth(self.settings.client_id, self._secret(), "client_secret_post")
        address, headers, body = auth.prepare("POST", f"{self.settings.url}/login/oauth/access_token", dict(FORM), body)
        answer = await self._outbound.ask("POST", address, headers=headers, content=body)
        found = answer.json()
        # It answers 200 with an `error` where it refuses.
        if answer.status != 200 or not isinstance(found, dict) or not isinstance(found.get("access_token"), str):
            said = str(found.get("error", "")) if isinstance(found, dict) else ""
            raise _refused(f"GitHub gave no token for the code: {answer.status} {said[:100]}")
        token: str = found["access_token"]
        return token

    async def _api(self, path: str, token: str) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"}
        answer = await self._outbound.ask("GET", f"{self.settings.api_url}{path}", headers=headers)
        if answer.status != 200:
            raise _refused(f"GitHub answered {answer.status} to {path}")
        return answer.json()


def _rows(found: Any) -> list[dict[str, Any]]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _refused(detail: str) -> SignInRefused:
    return SignInRefused(detail, code="sign_in_invalid")
