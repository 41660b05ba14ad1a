"""What was answered to a request, sealed: the answer may hold a new API key, which is stored nowhere in the clear."""

import base64
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import Response

from app.errors import Conflict

REPLAYED = "Idempotency-Replayed"
KEPT_HEADERS = ("content-type", "etag", "location")
NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @classmethod
    def of(cls, response: Response) -> "Answer":
        headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        return cls(response.status_code, headers, bytes(response.body))

    def response(self) -> Response:
        return Response(self.body, self.status, headers={**self.headers, REPLAYED: "true"})

    def sealed(self, secret: bytes, request_hash: bytes) -> dict[str, str]:
        """As JSON for the table; only who knows `secret` can open it, and only for the same request."""
        text = json.dumps(self.headers).encode() + b"\n" + self.body
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + AESGCM(secret).encrypt(nonce, text, request_hash)
        return {"sealed": base64.b64encode(sealed).decode()}


def opened(status: int, stored: dict[str, str], accepted: Sequence[bytes], request_hash: bytes) -> Answer:
    """With the secret that sealed it, which must be one of `accepted`. Raises `Conflict` where it is not."""
    sealed = base64.b64decode(stored["sealed"])
    for secret in accepted:
        try:
            text = AESGCM(secret).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], request_hash)
        except InvalidTag:
            continue
        headers, _, body = text.partition(b"\n")
        return Answer(status, json.loads(headers), body)
    raise Conflict(
        "this request was done before, but its answer can no longer be read: read what it made instead",
        code="idempotency_answer_unreadable",
    )


def answer_secret(pepper: bytes, actor: str, key: str) -> bytes:
    """32 bytes; never stored."""
    return hmac.digest(pepper, f"idempotency\n{actor}\n{key}".encode(), "sha256")
