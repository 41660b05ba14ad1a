"""Datasets: a name whose versions are artifacts, so that a training job says what it reads and reads the same again."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app import belongings, removal
from app.activity import service as activity
from app.activity.actor import Subject
from app.auth.permissions import Action
from app.auth.principal import Principal
from app.bounds import Listed, check_room
from app.datasets.description import Description
from app.datasets.repository import DatasetRepository, DatasetVersionRepository
from app.datasets.schemas import DatasetVersionCreate
from app.errors import Invalid
from app.experiments import artifacts
from app.kit.filters import Filters
from app.kit.pagination import PageRequest, Rows
from app.projects import service as projects
from app.tables import Dataset, DatasetVersion
from trine.specs.data import ArtifactData, DatasetData


async def create(
    session: AsyncSession, *, principal: Principal, project: str, name: str, description: str
) -> tuple[Dataset, bool]:
    """The dataset of that name, made where it is missing; and whether it was made."""
    parent = await projects.get(session, principal=principal, ref=project, action=Action.WORK)
    row, made = await DatasetRepository(session).ensure(
        Dataset(org_id=parent.org_id, project_id=parent.id, name=name, description=description),
        Dataset.project_id == parent.id,
        Dataset.name == name,
    )
    if made:
        await activity.record(session, principal.actor, "dataset.created", _subject(row), {"name": name})
    return row, made


async def datasets(
    session: AsyncSession, *, principal: Principal, project: str, request: PageRequest, filters: Filters
) -> Rows[Dataset]:
    return await belongings.listed(
        session, DatasetRepository, principal=principal, project=project, request=request, filters=filters
    )


async def get(
    session: AsyncSession, *, principal: Principal, dataset_id: UUID, action: Action = Action.READ
) -> Dataset:
    return await belongings.get(
        session, DatasetRepository, principal=principal, kind="dataset", thing_id=dataset_id, action=action
    )


async def detail(
    session: AsyncSession, *, principal: Principal, dataset_id: UUID
) -> tuple[Dataset, list[DatasetVersion]]:
    dataset = await get(session, principal=principal, dataset_id=dataset_id)
    return dataset, list(await DatasetVersionRepository(session).of_dataset(dataset.id))


async def remove(session: AsyncSession, *, principal: Principal, dataset_id: UUID) -> None:
    """With its versions; the artifacts that they are made of stay."""
    await removal.remove(session, DatasetRepository, principal=principal, kind="dataset", thing_id=dataset_id)


async def restore(session: AsyncSession, *, principal: Principal, dataset_id: UUID, kept: timedelta) -> Dataset:
    return await removal.restore(
        session, DatasetRepository, principal=principal, kind="dataset", thing_id=dataset_id, kept=kept
    )


async def create_version(
    session: AsyncSession,
    *,
    principal: Principal,
    dataset_id: UUID,
    body: DatasetVersionCreate,
    described: Description,
) -> DatasetVersion:
    """The next version. The same content again is the same version."""
    dataset = await get(session, principal=principal, dataset_id=dataset_id, action=Action.WORK)
    artifact = await artifacts.in_project(session, project_id=dataset.project_id, artifact_id=body.artifact_id)
    if artifact.type != "dataset":
        raise Invalid(
            f"the artifact {artifact.name!r} is of type {artifact.type!r}: a dataset is made of one of type `dataset`",
            field="artifact_id",
        )
    await DatasetRepository(session).locked(dataset.id)
    repository = DatasetVersionRepository(session)
    same = (DatasetVersion.dataset_id == dataset.id, DatasetVersion.digest == artifact.digest)
    if found := await repository.one(*same):
        return found
    await check_room(repository, Listed.DATASET_VERSIONS, DatasetVersion.dataset_id == dataset.id)
    columns = described.columns if body.columns is None else [column.model_dump() for column in body.columns]
    version = await repository.add(
        DatasetVersion(
            org_id=dataset.org_id,
            dataset_id=dataset.id,
            version=await repository.newest(dataset.id) + 1,
            artifact_id=artifact.id,
            digest=artifact.digest,
            size=artifact.size,
            columns=columns,
            rows=described.rows if body.rows is None else body.rows,
            created_by=principal.user_id,
        )
    )
    data = {"name": dataset.name, "version": version.version, "artifact": str(artifact.id)}
    await activity.record(session, principal.actor, "dataset.version_created", _subject(dataset), data)
    return version


async def inputs(session: AsyncSession, *, project_id: UUID, data: object, field: str) -> dict[str, str]:
    """`{"data": artifact id}` where `data`, of a spec, is a dataset or an artifact of the project.

    `latest` is settled here: what is retried reads what it read before. Raises `Invalid`, which names `field`.
    """
    if isinstance(data, DatasetData):
        version = await _resolve(session, project_id, data, field)
        data = ArtifactData(source="artifact", artifact=str(version.artifact_id))
    return await artifacts.inputs(session, project_id=project_id, data=data, field=field)


async def _resolve(session: AsyncSession, project_id: UUID, data: DatasetData, field: str) -> DatasetVersion:
    wanted = (Dataset.project_id == project_id, Dataset.name == data.name)
    dataset = await DatasetRepository(session).one(*wanted)
    if dataset is None:
        raise Invalid(f"there is no dataset {data.name!r} in this project", field=f"{field}.dataset")
    repository = DatasetVersionRepository(session)
    number = data.version or await repository.newest(dataset.id)
    found = await repository.one(DatasetVersion.dataset_id == dataset.id, DatasetVersion.version == number)
    if found is None:
        what = f"no version {data.version}" if data.version else "no version yet"
        raise Invalid(f"the dataset {data.name!r} has {what}", field=f"{field}.dataset")
    return found


def _subject(dataset: Dataset) -> Subject:
    return Subject("dataset", dataset.id, dataset.org_id, dataset.project_id)
