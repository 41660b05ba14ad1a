"""Rows of every organization: the policies let them through to a transaction that has the platform's scope."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement

from app.kit.db import PLATFORM
from app.kit.pagination import PageRequest
from app.kit.repository import Repository
from app.tables import Organization, User


class EveryOrganization(Repository[Organization]):
    table = Organization

    async def page(self, request: PageRequest, *criteria: ColumnElement[bool]) -> Sequence[Organization]:
        return await super().page(request, Organization.id != PLATFORM, *criteria)


class EveryUser(Repository[User]):
    table = User
