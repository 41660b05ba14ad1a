"""Signatures of what is sent, and the secrets that make them: Standard Webhooks (standardwebhooks.com, v1).

A secret is `whsec_` and base64 of its bytes. The signature is HMAC-SHA-256 of `id.timestamp.body` under those bytes,
written `v1,` and base64; while two secrets hold, both signatures are sent, with a space between them.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

from app.kit import sealing
from app.kit.keyfile import Keys

PREFIX = "whsec_"
_SECRET_BYTES = 32
_PURPOSE = "trine webhooks"


class SecretLost(Exception):
    """None of the platform's signing keys encrypted it."""


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def sign(given: Sequence[str], *, message_id: str, timestamp: int, body: str) -> str:
    """Value of the header `webhook-signature`; `timestamp` in seconds since 1970."""
    signed = f"{message_id}.{timestamp}.{body}".encode()
    made = [hmac.digest(base64.b64decode(secret.removeprefix(PREFIX)), signed, hashlib.sha256) for secret in given]
    return " ".join(f"v1,{base64.b64encode(each).decode()}" for each in made)


def sealed(keys: Keys, secret: str) -> bytes:
    """As it is stored."""
    return sealing.seal(keys, _PURPOSE, secret)


def opened(keys: Keys, stored: bytes) -> str:
    """Raises `SecretLost`."""
    secret = sealing.unseal(keys, _PURPOSE, stored)
    if secret is None:
        raise SecretLost("its secret was encrypted under a signing key that is gone: rotate the secret")
    return secret


def resealed(keys: Keys, stored: bytes) -> bytes:
    """Under the current key, so that older ones can be taken away; as it is where it was already, or is lost."""
    return sealing.reseal(keys, _PURPOSE, stored)
