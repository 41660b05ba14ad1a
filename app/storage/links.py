"""Signed links: a plain GET of one file, without a credential, for a while."""

from urllib.parse import quote
from uuid import UUID

from app.kit.crypto import sign, verify_signature
from app.kit.keyfile import Keys


def signed_path(key: bytes, *, org_id: UUID, artifact_id: UUID, path: str, lifetime: float) -> str:
    """Address below the platform's; `lifetime` in seconds."""
    signature = sign(key, f"{org_id}/{artifact_id}/{path}", lifetime=lifetime)
    return f"/api/v1/links/{org_id}/{artifact_id}/{quote(path)}?signature={signature}"


def is_valid(keys: Keys, *, org_id: UUID, artifact_id: UUID, path: str, signature: str) -> bool:
    return verify_signature(keys, f"{org_id}/{artifact_id}/{path}", signature)
