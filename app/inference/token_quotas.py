"""Tokens of a day and a month, by the rows of `resource_quotas`: read at most every two seconds for an organization."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from app.errors import TooMany
from app.inference.usage import Caller
from app.kit.clock import now
from app.kit.db import Database, Scope
from app.kit.remembered import Remembered
from app.quotas import checks
from app.quotas.resources import TOKENS, Amount, reset, used
from app.tables import ResourceQuota

SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Budget:
    """Hard limits of an organization, and what was used when they were read, and since by this gateway."""

    limits: Sequence[ResourceQuota]
    today: date
    amounts: list[Amount] = field(default_factory=list)


class TokenQuotas:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: Remembered[UUID, Budget] = Remembered(seconds=SECONDS)

    def forget(self) -> None:
        self._known.forget()

    async def check(self, caller: Caller) -> None:
        """Raises `TooMany` where the organization, the project or the user has no tokens left."""
        budget = await self._of(caller.org_id)
        for row in budget.limits:
            if row.project_id not in {None, caller.project_id} or row.user_id not in {None, caller.actor_id}:
                continue
            if row.hard is not None and used(budget.amounts, row.resource, row.project_id, row.user_id) >= row.hard:
                raise _used_up(row, budget.today)

    def charge(self, caller: Caller, tokens: int) -> None:
        """So that what was used since the last reading counts."""
        budget = self._known.known(caller.org_id)
        if budget is not None and budget.limits:
            mine = (caller.project_id, caller.actor_id)
            budget.amounts.extend(Amount(*mine, resource, tokens) for resource in TOKENS)

    async def _of(self, org_id: UUID) -> Budget:
        return await self._known.of(org_id, lambda: self._read(org_id))

    async def _read(self, org_id: UUID) -> Budget:
        async with self._database.session(Scope((org_id,))) as session:
            return Budget(*await checks.token_limits(session, org_id=org_id))


def _used_up(row: ResourceQuota, today: date) -> TooMany:
    when = reset(row.resource, today)
    seconds = max(1, int((when - now()).total_seconds()) + 1)
    span = "month" if row.resource.endswith("month") else "day"
    return TooMany(
        f"{checks.holder(row)} has used its {row.hard:g} tokens of this {span}: there are more at {when.isoformat()}, "
        "or when an admin raises the limit",
        code="quota_exceeded",
        headers={"Retry-After": str(seconds)},
        limited="tokens",
    )
