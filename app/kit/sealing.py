"""Secrets that must be read again, encrypted under the platform's own (Fernet: AES-128-CBC and HMAC-SHA-256).

Each purpose has keys of its own, derived with HMAC-SHA-256, so that what is sealed for one is worth nothing elsewhere.
The first of the keys is the current one; those before it still open what they sealed.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from app.kit.keyfile import Keys


def seal(keys: Keys, purpose: str, text: str) -> bytes:
    return _box(keys, purpose).encrypt(text.encode())


def unseal(keys: Keys, purpose: str, sealed: bytes) -> str | None:
    """None where it was sealed under none of the keys."""
    try:
        return _box(keys, purpose).decrypt(sealed).decode()
    except InvalidToken:
        return None


def reseal(keys: Keys, purpose: str, sealed: bytes) -> bytes:
    """Under the current key, so that older ones can be taken away; as it is where it was already, or is lost."""
    if unseal(keys[:1], purpose, sealed) is not None:
        return sealed
    try:
        return _box(keys, purpose).rotate(sealed)
    except InvalidToken:
        return sealed


def _box(keys: Keys, purpose: str) -> MultiFernet:
    derived = (hmac.digest(key, purpose.encode(), hashlib.sha256) for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])
