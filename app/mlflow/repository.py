"""What the answers of MLflow's API are made of, and what it can search: of the tenant's rows alone."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    Text,
    case,
    cast,
    delete,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on, insert

from app.errors import Invalid
from app.experiments.folding import Waiting, latest_of
from app.kit.repository import Repository
from app.mlflow import identifiers, records
from app.mlflow.criteria import Field, Value, criteria, number, ordering, tag, text
from app.mlflow.filter import Clause, Entity, Name, Order
from app.mlflow.records import Facts
from app.tables import (
    Artifact,
    ArtifactFile,
    Experiment,
    LoggedModel,
    MetricBatch,
    MetricLatest,
    ModelAlias,
    ModelVersion,
    Param,
    RegisteredModel,
    Run,
    RunLink,
)

IS_PROMPT = "mlflow.prompt.is_prompt"


class Searched(Repository[Any], ABC):
    """Rows by conditions and orders of MLflow, of those that are deleted or those that are not, or both."""

    def __init__(self, session: Any, *, deleted: bool | None = False) -> None:
        """`deleted` None: both."""
        super().__init__(session, deleted=bool(deleted))
        self._both = deleted is None

    async def search(
        self,
        clauses: Sequence[Clause],
        orders: Sequence[Order],
        *wanted: ColumnElement[bool],
        limit: int,
        offset: int,
    ) -> Sequence[Any]:
        """At most `limit + 1`: the extra one tells that there is more."""
        statement = self._within().where(*wanted, *criteria(clauses, self.field))
        statement = statement.order_by(*ordering(orders, self.field), *self.usual()).limit(limit + 1).offset(offset)
        return (await self.session.scalars(statement)).all()

    @abstractmethod
    def field(self, name: Name) -> Field | None:
        """What a name in a filter or an order stands for; None: nothing."""

    def usual(self) -> tuple[SQLColumnExpression[Any], ...]:
        """The order where none is asked for, and of what is equal in that which is."""
        return (self.table.id.desc(),)

    def _within(self) -> Select[Any]:
        if not self._both:
            return self.statement()
        other = type(self)(self.session, deleted=True)
        return select(self.table).where(or_(self.statement().whereclause, other.statement().whereclause))  # type: ignore[arg-type]


class ExperimentSearch(Searched):
    table = Experiment

    def field(self, name: Name) -> Field | None:
        if name.entity is Entity.TAG:
            return tag(Experiment.tags, name.key)
        fields = {
            "name": Field(Experiment.name, text),
            "experiment_id": Field(Experiment.id, _key),
            "creation_time": Field(Experiment.created_at, _moment),
            "last_update_time": Field(Experiment.updated_at, _moment),
        }
        return fields.get(name.key) if name.entity is Entity.ATTRIBUTE else None


class RunSearch(Searched):
    table = Run

    def field(self, name: Name) -> Field | None:
        match name.entity:
            case Entity.METRIC:
                latest = (MetricLatest.run_id == Run.id, MetricLatest.name == name.key)
                return Field(select(MetricLatest.value).where(*latest).correlate(Run).scalar_subquery(), number)
            case Entity.PARAM:
                given = (Param.run_id == Run.id, Param.key == name.key)
                return Field(select(_written(Param.value)).where(*given).correlate(Run).scalar_subquery(), text)
            case Entity.TAG if name.key == records.RUN_NAME_TAG:
                return Field(Run.name, text)
            case Entity.TAG:
                return tag(Run.tags, name.key)
            case Entity.DATASET:
                return _dataset(name.key)
        return {
            "run_id": Field(_hexadecimal(Run.id), text),
            "run_name": Field(Run.name, text),
            "status": Field(case(records.SAID, value=Run.status), text),
            "artifact_uri": Field(_location(), text),
            "start_time": Field(func.coalesce(Run.started_at, Run.created_at), _moment),
            "end_time": Field(Run.ended_at, _moment),
            "user_id": tag(Run.tags, records.USER_TAG),
        }.get(_ATTRIBUTES.get(name.key.lower(), name.key))

    def usual(self) -> tuple[SQLColumnExpression[Any], ...]:
        return func.coalesce(Run.started_at, Run.created_at).desc(), Run.id.desc()

    async def facts(self, run_ids: Sequence[UUID]) -> dict[UUID, Facts]:
        """Of runs that have been read from here, with the points that wait to be folded."""
        params: dict[UUID, dict[str, str]] = defaultdict(dict)
        links: dict[UUID, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
        given = select(Param.run_id, Param.key, _written(Param.value)).where(Param.run_id.in_(run_ids))
        for run_id, key, value in await self.session.execute(given):
            params[run_id][key] = value if value is not None else "None"
        linked = select(RunLink).where(RunLink.run_id.in_(run_ids)).order_by(RunLink.id)
        for link in await self.session.scalars(linked):
            links[link.run_id].append((link.kind, link.content))
        latest = await self._latest(run_ids)
        return {run_id: Facts(params[run_id], latest[run_id], links[run_id]) for run_id in run_ids}

    async def waiting(self, experiment_ids: Sequence[UUID], most: int) -> Sequence[UUID]:
        """Runs of the experiments with points that wait to be folded."""
        there = select(MetricBatch.run_id).where(MetricBatch.run_id == Run.id).exists()
        statement = self.statement().with_only_columns(Run.id).where(Run.experiment_id.in_(experiment_ids), there)
        return (await self.session.scalars(statement.limit(most))).all()

    async def _latest(self, run_ids: Sequence[UUID]) -> dict[UUID, list[tuple[str, float, float, int]]]:
        """What waits is read first: what is folded in between is then read twice, and never missed."""
        waiting = select(MetricBatch).where(MetricBatch.run_id.in_(run_ids)).order_by(MetricBatch.position)
        batches = (await self.session.scalars(waiting)).all()
        newest: dict[tuple[UUID, str], tuple[int, int, float, float]] = {}
        stored = select(MetricLatest).where(MetricLatest.run_id.in_(run_ids))
        for row in await self.session.scalars(stored):
            newest[row.run_id, row.name] = (row.attempt, row.step, row.value, row.time)
        for added in latest_of(Waiting(batch.org_id, batch.run_id, batch.points) for batch in batches):
            place = (added.metric.run_id, added.metric.name)
            if place not in newest or (added.attempt, added.step) >= newest[place][:2]:
                newest[place] = (added.attempt, added.step, added.value, added.time)
        found: dict[UUID, list[tuple[str, float, float, int]]] = {run_id: [] for run_id in run_ids}
        for run_id, name in sorted(newest):
            _, step, value, time = newest[run_id, name]
            found[run_id].append((name, value, time, step))
        return found

    async def set_params(self, run: Run, params: dict[str, str]) -> dict[str, str]:
        """Writes those that are new, and returns what there is now of all."""
        of_run = {"org_id": run.org_id, "project_id": run.project_id, "run_id": run.id}
        rows = [{**of_run, "key": key, "value": params[key]} for key in sorted(params)]
        await self.session.execute(insert(Param).values(rows).on_conflict_do_nothing())
        there = select(Param.key, _written(Param.value)).where(Param.run_id == run.id, Param.key.in_(params))
        return dict((await self.session.execute(there)).all())

    async def link(self, run: Run, kind: str, contents: dict[str, dict[str, Any]]) -> None:
        """Under their keys; what is linked already stays."""
        rows = [
            {"org_id": run.org_id, "run_id": run.id, "kind": kind, "key": key, "content": contents[key]}
            for key in sorted(contents)
        ]
        await self.session.execute(insert(RunLink).values(rows).on_conflict_do_nothing())


class LoggedModelSearch(Searched):
    table = LoggedModel

    def field(self, name: Name) -> Field | None:
        match name.entity:
            case Entity.TAG:
                return tag(LoggedModel.tags, name.key)
            case Entity.PARAM:
                return tag(LoggedModel.params, name.key)
            case Entity.ATTRIBUTE:
                return {
                    "name": Field(LoggedModel.name, text),
                    "model_id": Field(LoggedModel.id, _logged_model_key),
                    "model_type": Field(LoggedModel.model_type, text),
                    "status": Field(LoggedModel.status, text),
                    "source_run_id": Field(LoggedModel.run_id, _key),
                    "creation_timestamp": Field(LoggedModel.created_at, _moment),
                    "creation_time": Field(LoggedModel.created_at, _moment),
                    "last_updated_timestamp": Field(LoggedModel.updated_at, _moment),
                }.get(name.key)
        return None


class ModelSearch(Searched):
    table = RegisteredModel

    def field(self, name: Name) -> Field | None:
        if name.entity is Entity.TAG:
            return _registered_tag(RegisteredModel.tags, name.key)
        fields = {
            "name": Field(RegisteredModel.name, text),
            "creation_timestamp": Field(RegisteredModel.created_at, _moment),
            "timestamp": Field(RegisteredModel.updated_at, _moment),
            "last_updated_timestamp": Field(RegisteredModel.updated_at, _moment),
        }
        return fields.get(name.key) if name.entity is Entity.ATTRIBUTE else None

    def usual(self) -> tuple[SQLColumnExpression[Any], ...]:
        return RegisteredModel.name, RegisteredModel.id

    async def aliases(self, model_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
        """Of each model, and the number of the version that it points at."""
        statement = (
            select(ModelAlias.model_id, ModelAlias.alias, ModelVersion.version)
            .join(ModelVersion, ModelVersion.id == ModelAlias.version_id)
            .where(ModelAlias.model_id.in_(model_ids))
            .order_by(ModelAlias.alias)
        )
        found: dict[UUID, dict[str, int]] = {model_id: {} for model_id in model_ids}
        for model_id, alias, version in await self.session.execute(statement):
            found[model_id][alias] = version
        return found


class VersionSearch(Searched):
    table = ModelVersion

    def field(self, name: Name) -> Field | None:
        if name.entity is Entity.TAG:
            return _registered_tag(ModelVersion.tags, name.key)
        named = select(RegisteredModel.name).where(RegisteredModel.id == ModelVersion.model_id)
        fields = {
            "name": Field(named.correlate(ModelVersion).scalar_subquery(), text),
            "version_number": Field(ModelVersion.version, number),
            "run_id": Field(ModelVersion.run_id, _key),
            "creation_timestamp": Field(ModelVersion.created_at, _moment),
            "last_updated_timestamp": Field(ModelVersion.updated_at, _moment),
        }
        return fields.get(name.key) if name.entity is Entity.ATTRIBUTE else None

    async def latest(self, model_ids: Sequence[UUID]) -> dict[UUID, ModelVersion]:
        """The version of the greatest number of each model."""
        statement = (
            self.statement()
            .where(ModelVersion.model_id.in_(model_ids))
            .ext(distinct_on(ModelVersion.model_id))
            .order_by(ModelVersion.model_id, ModelVersion.version.desc())
        )
        return {version.model_id: version for version in await self.session.scalars(statement)}

    async def names(self, model_ids: Sequence[UUID]) -> dict[UUID, str]:
        statement = select(RegisteredModel.id, RegisteredModel.name).where(RegisteredModel.id.in_(model_ids))
        return dict((await self.session.execute(statement)).all())


class FileRepository(Repository[Artifact]):
    table = Artifact

    async def of_run(self, run_id: UUID) -> Sequence[tuple[Artifact, ArtifactFile]]:
        """Every file of the run's artifacts, the oldest first."""
        statement = (
            self.statement()
            .add_columns(ArtifactFile)
            .join(ArtifactFile, ArtifactFile.artifact_id == Artifact.id)
            .where(Artifact.run_id == run_id)
            .order_by(Artifact.id, ArtifactFile.path)
        )
        return [(artifact, file) for artifact, file in await self.session.execute(statement)]

    async def forget(self, artifact_ids: Sequence[UUID]) -> None:
        """Artifacts of one file each, whose content another artifact has taken over."""
        await self.session.execute(delete(ArtifactFile).where(ArtifactFile.artifact_id.in_(artifact_ids)))
        await self.session.execute(delete(Artifact).where(Artifact.id.in_(artifact_ids)))


_CONTEXT: ColumnElement[Any] = literal_column(f"""'$.tags[*] ? (@.key == "{records.CONTEXT_TAG}").value'::jsonpath""")
_ATTRIBUTES = {
    "run id": "run_id",
    "name": "run_name",
    "run name": "run_name",
    "created": "start_time",
    "start time": "start_time",
    "end time": "end_time",
    "user": "user_id",
}
"""Other spellings that MLflow knows, in small letters."""


def _registered_tag(column: SQLColumnExpression[Any], key: str) -> Field:
    """MLflow's clients ask for all that are no prompts, and mean those too that say nothing of it."""
    found = tag(column, key)
    return Field(func.coalesce(found.expression, "false"), text) if key == IS_PROMPT else found


def _written(value: SQLColumnExpression[Any]) -> ColumnElement[Any]:
    """A value of JSON as text, without the quotes of a text."""
    return value.op("#>>")(literal_column("'{}'"))


def _dataset(key: str) -> Field | None:
    places = {
        "name": RunLink.content["dataset", "name"].astext,
        "digest": RunLink.content["dataset", "digest"].astext,
        "context": _written(func.jsonb_path_query_first(RunLink.content, _CONTEXT)),
    }
    return Field(places[key], text, among=_read_by_run) if key in places else None


def _read_by_run(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    linked = select(RunLink.id).where(RunLink.run_id == Run.id, RunLink.kind == "dataset", condition)
    return linked.correlate(Run).exists()


def _hexadecimal(key: SQLColumnExpression[Any]) -> ColumnElement[str]:
    return func.replace(cast(key, Text), "-", "", type_=Text)


def _location() -> ColumnElement[str]:
    """As `identifiers.run_location` has it."""
    return func.concat(identifiers.SCHEME, _hexadecimal(Run.experiment_id), "/", _hexadecimal(Run.id), "/artifacts")


def _key(value: Value, where: str) -> UUID:
    try:
        return UUID(text(value, where))
    except ValueError as error:
        raise Invalid(f"{value!r} is no id", field="filter") from error


def _logged_model_key(value: Value, where: str) -> UUID:
    return _key(text(value, where).removeprefix("m-"), where)


def _moment(value: Value, where: str) -> Any:
    return records.moment(number(value, where), "filter")
