"""Random credentials, their stored form, and signed links."""

import base64
import hashlib
import hmac
import secrets
import time

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.kit.keyfile import Keys

_passwords = PasswordHasher()
_ABSENT = _passwords.hash(secrets.token_urlsafe(16))


def new_token(prefix: str) -> str:
    """`prefix` and 256 random bits."""
    return prefix + secrets.token_urlsafe(32)


def keyed_hash(pepper: bytes, token: str) -> bytes:
    """What is stored of a token: HMAC-SHA-256, useless without the pepper."""
    return hmac.digest(pepper, token.encode(), hashlib.sha256)


def keyed_hashes(peppers: Keys, token: str) -> tuple[bytes, ...]:
    """As what it may be stored: under the current pepper, then under those before it."""
    return tuple(keyed_hash(pepper, token) for pepper in peppers)


def hash_password(password: str) -> str:
    return _passwords.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Takes as long for an account that does not exist (`stored` is None) as for one that does."""
    try:
        _passwords.verify(stored or _ABSENT, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def sign(key: bytes, message: str, *, lifetime: float) -> str:
    """`expiry.signature` for `message`; `lifetime` in seconds."""
    expiry = str(int(time.time() + lifetime))
    return f"{expiry}.{_signature(key, message, expiry)}"


def verify_signature(keys: Keys, message: str, signed: str) -> bool:
    """Whether one of the keys made it, and it has not expired."""
    expiry, _, signature = signed.partition(".")
    if not expiry.isdecimal() or int(expiry) < time.time():
        return False
    # As bytes: of text it compares ASCII alone, and this is what anybody sent.
    return any(hmac.compare_digest(signature.encode(), _signature(key, message, expiry).encode()) for key in keys)


def _signature(key: bytes, message: str, expiry: str) -> str:
    digest = hmac.digest(key, f"{expiry}\n{message}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
