"""One effect for each `Idempotency-Key` (IETF draft "The Idempotency-Key HTTP Header Field").

The key is claimed by an advisory lock of the request's own transaction, and its row is written by that transaction
together with the effect. So a crash leaves both or neither, and what a request refused is not remembered: it had no
effect, and may be sent again.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.principal import Principal, PrincipalKind
from app.errors import Conflict, Invalid
from app.idempotency.answer import Answer, answer_secret, opened
from app.idempotency.repository import IdempotencyRepository
from app.kit.clock import now
from app.kit.db import enter
from app.kit.keyfile import Keys
from app.tables import IdempotencyKey

HEADER = "Idempotency-Key"
PATTERN = r"^[\x21-\x7e]{1,255}$"
KEPT = timedelta(hours=24)
WRITES = frozenset({"POST", "PATCH", "PUT", "DELETE"})
_STATE = "idempotency_claim"


class Replayed(Exception):
    """The request was done before; `answer` is what was said then."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do a request under its key, until the transaction of `session` ends."""

    session: AsyncSession
    principal: Principal
    actor_id: UUID
    org_id: UUID
    key: str
    secret: bytes
    request_hash: bytes

    async def keep(self, response: Response) -> None:
        """What is answered now is answered again."""
        if self.session.info["scope"] != self.principal.scope:
            await enter(self.session, self.principal.scope)
        answer = Answer.of(response)
        row = IdempotencyKey(
            org_id=self.org_id,
            actor_id=self.actor_id,
            key=self.key,
            request_hash=self.request_hash,
            status=answer.status,
            response=answer.sealed(self.secret, self.request_hash),
            expires_at=now() + KEPT,
        )
        await IdempotencyRepository(self.session).save(row)


async def claim(request: Request, session: AsyncSession, *, principal: Principal, peppers: Keys) -> None:
    """Does nothing without the header. Raises `Replayed`; `Conflict` while the first request is under way;
    `Invalid` for a key that belongs to another request."""
    given = request.headers.get(HEADER)
    if given is None or request.method not in WRITES:
        return
    key = _checked(given)
    actor_id = _actor(principal)
    repository = IdempotencyRepository(session)
    if not await repository.lock(lock_number(actor_id, key)):
        raise Conflict(
            f"a request with this {HEADER} is under way: send it again in a moment",
            code="idempotency_in_progress",
            headers={"Retry-After": "1"},
        )
    request_hash = await _request_hash(request)
    secrets = [answer_secret(pepper, str(actor_id), key) for pepper in peppers]
    if row := await repository.find(actor_id, key):
        if row.request_hash != request_hash or row.status is None:
            raise Invalid(
                f"this {HEADER} was used for another request: use a new one for each",
                field=HEADER,
                code="idempotency_key_reused",
            )
        raise Replayed(opened(row.status, row.response or {}, secrets, request_hash))
    claimed = Claim(session, principal, actor_id, _org_id(principal), key, secrets[0], request_hash)
    setattr(request.state, _STATE, claimed)


def claimed(request: Request) -> Claim | None:
    return getattr(request.state, _STATE, None)


def _checked(given: str) -> str:
    """The draft writes the key as a quoted string; everybody sends it bare. Both name the same key."""
    key = given[1:-1] if len(given) > 2 and given[0] == given[-1] == '"' else given
    if not re.match(PATTERN, key):
        raise Invalid(
            f"{HEADER} must be 1 to 255 visible ASCII characters, such as a UUID",
            field=HEADER,
            code="idempotency_key_invalid",
        )
    return key


def _actor(principal: Principal) -> UUID:
    """A person is the same in every session; a key and a worker are themselves."""
    if principal.kind is PrincipalKind.USER and principal.user_id:
        return principal.user_id
    return principal.id


def _org_id(principal: Principal) -> UUID:
    if not principal.roles:
        raise Invalid(
            f"{HEADER} needs an organization to be kept in, and you are in none: send the request without it",
            field=HEADER,
            code="idempotency_no_organization",
        )
    return min(principal.roles)


def lock_number(actor_id: UUID, key: str) -> int:
    """Of the advisory lock: 64 bits, signed."""
    return int.from_bytes(hashlib.sha256(f"{actor_id}\n{key}".encode()).digest()[:8], signed=True)


async def _request_hash(request: Request) -> bytes:
    url = request.url
    named = f"{request.method} {url.path}?{url.query}\n".encode()
    return hashlib.sha256(named + await request.body()).digest()
