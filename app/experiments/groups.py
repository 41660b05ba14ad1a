"""The table of runs in groups, such as those that differ in nothing but their seed: the mean of each and its spread."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.principal import Principal
from app.errors import Invalid
from app.experiments import runs_table_cursor as cursors
from app.experiments.filter_language import LENGTH
from app.experiments.filter_tree import Column, Kind, Place
from app.experiments.groups_repository import Group, GroupKey, GroupsQuery, GroupsRepository, values_of_sort
from app.experiments.groups_schemas import RunsGroup, RunsGroups, RunsGroupsRequest, Spread
from app.experiments.runs_table import columns_of, filter_of, sort_of
from app.experiments.runs_table_query import Position
from app.kit import clock
from app.projects import service as projects


async def page(session: AsyncSession, *, principal: Principal, project: str, request: RunsGroupsRequest) -> RunsGroups:
    """Raises `Invalid`, which says where in the text."""
    parent = await projects.get(session, principal=principal, ref=project)
    query = _query(parent.id, request)
    found = await GroupsRepository(session).groups(query)
    shown = found[: request.limit]
    more = len(found) > request.limit
    position = Position(shown[-1].position, shown[-1].first) if more else None
    return RunsGroups(
        items=[_group(group, query, request.filter) for group in shown],
        next_cursor=cursors.written(position, query.now, *_question(parent.id, request)) if position else None,
    )


def checked_by(texts: Sequence[str], field: str = "by") -> list[Column]:
    """What runs can be grouped by; raises `Invalid`."""
    columns = columns_of(texts, field)
    for column in columns:
        of_text = column.place in {Place.PARAMS, Place.TAGS} or column.kind in {Kind.TEXT, Kind.KEY}
        if not of_text:
            raise Invalid(
                f"runs are not grouped by {column}: take a parameter, a tag, or a column such as experiment",
                field=field,
            )
    return columns


def _query(project_id: UUID, request: RunsGroupsRequest) -> GroupsQuery:
    by, metrics = checked_by(request.by), columns_of(request.metrics, "metrics")
    for column in metrics:
        if column.place is not Place.METRICS:
            raise Invalid(f"{column} is no metric: write metrics.… or min(metrics.…)", field="metrics")
    sort = _sort(request.sort, by, metrics)
    after, now = None, clock.now()
    if request.cursor:
        position, now = cursors.read(request.cursor, *_question(project_id, request), kinds=values_of_sort(sort))
        after = position.values, position.run_id
    return GroupsQuery(
        project_id, filter_of(request.filter), tuple(by), tuple(metrics), sort, request.limit, now, after
    )


def _question(project_id: UUID, request: RunsGroupsRequest) -> tuple[str, ...]:
    return "groups", str(project_id), request.filter, request.sort, json.dumps([request.by, request.metrics])


def _sort(text: str, by: Sequence[Column], metrics: Sequence[Column]) -> tuple[GroupKey, ...]:
    keys = []
    for key in sort_of(text):
        if key.column not in by and key.column not in metrics:
            known = ", ".join(str(column) for column in (*by, *metrics))
            raise Invalid(f"groups are sorted by what they are made by, or by a mean of theirs: {known}", field="sort")
        of_metric = key.column in metrics
        place = (metrics if of_metric else by).index(key.column)
        keys.append(GroupKey(place, of_metric, key.descending))
    return tuple(keys) or tuple(GroupKey(place, False, False) for place in range(len(by)))


def _group(group: Group, query: GroupsQuery, narrowed: str) -> RunsGroup:
    parts = [f"({narrowed})"] if narrowed.strip() else []
    parts += [_equals(column, value) for column, value in zip(query.by, group.keys, strict=True)]
    text = " and ".join(parts)
    return RunsGroup(
        keys=group.keys,
        runs=group.runs,
        metrics=[Spread.model_validate(spread) for spread in group.spreads],
        filter=text if len(text) <= LENGTH else None,
    )


def _equals(column: Column, value: Any) -> str:
    if value is None:
        return f"{column} is null"
    if isinstance(value, float):
        return f"{column} = {value!r}"
    text = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{column} = "{text}"'
