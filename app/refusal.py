"""Requests that were refused, told to the activity: who, as whom, what, from where.

Of a 404 nobody knows, we included, whether the thing is foreign or not there at all; it counts as an attempt where the
path names a thing by its id. A key that is known but no longer good is its organization's to hear of. Without any
credential that is known there is nobody to tell: the log counts these, and requests that are not valid or too many.
"""

from typing import Any
from uuid import UUID

from starlette.types import Scope

from app.activity.actor import Subject
from app.activity.denials import Attempt
from app.auth.credentials import KEY_PREFIX, SHOWN
from app.auth.principal import Principal
from app.errors import PlatformError
from app.kit.db import PLATFORM
from app.kit.origin import Origin

DENIED = frozenset({401, 403, 404})
REFUSED = frozenset({413, 422, 429})
"""Too large, not valid, too often."""


def note(scope: Scope, origin: Origin, request_id: str, *, below: str = "") -> None:
    """`below` is what the host strips from paths."""
    state = scope.get("state", {})
    error: PlatformError | None = state.get("refusal")
    route, platform = scope.get("route"), getattr(scope["app"].state, "platform", None)
    if error is None or error.status not in DENIED | REFUSED or route is None or platform is None:
        return
    operation = f"{scope['method']} {below}{route.path}"
    principal: Principal | None = state.get("principal")
    if error.status in REFUSED:
        platform.denials.note_refused(operation, error.status, principal and principal.actor, origin.address)
        return
    org_id = _organization(principal, error)
    if principal is None or org_id is None:
        if prefix := _key(scope):
            platform.denials.note_key(prefix, operation, origin, request_id)
        else:
            platform.denials.note_unattributed(operation, error.status)
        return
    named = _named(scope.get("path_params", {}))
    if error.status == 404 and not named and error.org_id is None:
        return
    kind, subject_id = next(reversed(named.items()), ("organization", org_id))
    attempt = Attempt(org_id, principal.actor, operation, error.status, error.code)
    platform.denials.note(attempt, Subject(kind, subject_id, org_id, error.project_id), origin, request_id)


def _key(scope: Scope) -> str | None:
    """What may be shown of a key that was sent."""
    sent = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1").partition(" ")[2].strip()
    return sent[: len(KEY_PREFIX) + SHOWN] if sent.startswith(KEY_PREFIX) else None


def _organization(principal: Principal | None, error: PlatformError) -> UUID | None:
    """That of the thing, or the only one of who asked; else the platform's: what is done in one organization is no
    other's business."""
    if error.org_id is not None or principal is None:
        return error.org_id
    return next(iter(principal.roles)) if len(principal.roles) == 1 else PLATFORM


def _named(params: dict[str, Any]) -> dict[str, UUID]:
    """`run_id` → `run` and its id, for each thing that the path names by its id."""
    found: dict[str, UUID] = {}
    for name, value in params.items():
        try:
            found[name.removesuffix("_id")] = UUID(str(value))
        except ValueError:
            continue
    return found
