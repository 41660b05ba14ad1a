"""Bodies of MLflow's requests. What clients send beside these is not looked at."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from trine.specs.telemetry import MetricName, ParamName

Key = Annotated[str, Field(min_length=1, max_length=250)]
TagValue = Annotated[str, Field(max_length=8000)]
ParamValue = Annotated[str, Field(max_length=6000)]
ExperimentName = Annotated[str, Field(min_length=1, max_length=500)]
ModelName = Annotated[str, Field(min_length=1, max_length=250, pattern=r"^[^/:]+$")]
"""Neither slash nor colon, which mean something in `models:/name/version`."""
Alias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,250}$")]
Milliseconds = Annotated[int, Field(gt=-(2**53), lt=2**53)]
Version = Annotated[int, Field(ge=1, lt=2**31)]


class Body(BaseModel):
    model_config = ConfigDict(protected_namespaces=())


class Tag(Body):
    key: Key
    value: TagValue = ""


class Param(Body):
    key: ParamName
    value: ParamValue = ""


class Metric(Body):
    key: MetricName
    value: float
    """NaN and infinities by their names."""
    timestamp: Milliseconds
    step: Annotated[int, Field(ge=0, lt=2**53)] = 0


class ExperimentCreate(Body):
    name: ExperimentName
    tags: list[Tag] = []


class ExperimentKey(Body):
    experiment_id: str


class ExperimentUpdate(ExperimentKey):
    new_name: ExperimentName | None = None


class ExperimentTag(ExperimentKey, Tag):
    pass


class ExperimentTagKey(ExperimentKey):
    key: Key


class Search(Body):
    filter: str | None = None
    order_by: list[str] = []
    max_results: Annotated[int, Field(ge=1, le=50_000)] = 1000
    page_token: str | None = None


class ExperimentSearch(Search):
    view_type: str = "ACTIVE_ONLY"


class RunCreate(Body):
    experiment_id: str = "0"
    run_name: Annotated[str, Field(max_length=500)] | None = None
    start_time: Milliseconds | None = None
    user_id: str | None = None
    tags: list[Tag] = []


class RunKey(Body):
    run_id: str


class RunUpdate(RunKey):
    status: str | None = None
    end_time: Milliseconds | None = None
    run_name: Annotated[str, Field(max_length=500)] | None = None


class RunTag(RunKey, Tag):
    pass


class RunTagKey(RunKey):
    key: Key


class RunParam(RunKey, Param):
    pass


class RunMetric(RunKey, Metric):
    pass


class Batch(RunKey):
    metrics: Annotated[list[Metric], Field(max_length=1000)] = []
    params: Annotated[list[Param], Field(max_length=1000)] = []
    tags: Annotated[list[Tag], Field(max_length=1000)] = []


class RunSearch(Search):
    experiment_ids: Annotated[list[str], Field(max_length=1000)] = []
    run_view_type: str = "ACTIVE_ONLY"


class Dataset(Body):
    name: Annotated[str, Field(min_length=1, max_length=500)]
    digest: Annotated[str, Field(min_length=1, max_length=36)]
    source_type: Annotated[str, Field(max_length=200)] = ""
    source: Annotated[str, Field(max_length=65_535)] = ""
    schema_: Annotated[str, Field(alias="schema", max_length=1_048_575)] = ""
    profile: Annotated[str, Field(max_length=16_777_215)] = ""


class DatasetInput(Body):
    tags: list[Tag] = []
    dataset: Dataset


class ModelInput(Body):
    model_id: str


class ModelOutput(ModelInput):
    step: int = 0


class Inputs(RunKey):
    datasets: Annotated[list[DatasetInput], Field(max_length=1000)] = []
    models: Annotated[list[ModelInput], Field(max_length=1000)] = []


class Outputs(RunKey):
    models: Annotated[list[ModelOutput], Field(max_length=1000)] = []


class RunModel(RunKey):
    model_json: Annotated[str, Field(max_length=1_048_576)]


class LoggedModelCreate(Body):
    experiment_id: str
    name: Annotated[str, Field(max_length=500)] | None = None
    model_type: Annotated[str, Field(max_length=500)] = ""
    source_run_id: str | None = None
    params: Annotated[list[Param], Field(max_length=1000)] = []
    tags: Annotated[list[Tag], Field(max_length=1000)] = []


class LoggedModelStatus(Body):
    status: str


class LoggedModelParams(Body):
    params: Annotated[list[Param], Field(max_length=1000)] = []


class LoggedModelTags(Body):
    tags: Annotated[list[Tag], Field(max_length=1000)] = []


class LoggedModelSearch(Body):
    experiment_ids: Annotated[list[str], Field(min_length=1, max_length=1000)]
    filter: str | None = None
    order_by: list[dict[str, Any]] = []
    max_results: Annotated[int, Field(ge=1, le=1000)] = 100
    page_token: str | None = None


class ModelKey(Body):
    name: ModelName


class ModelCreate(ModelKey):
    description: Annotated[str, Field(max_length=4000)] = ""
    tags: list[Tag] = []


class ModelRename(ModelKey):
    new_name: ModelName


class ModelUpdate(ModelKey):
    description: Annotated[str, Field(max_length=4000)] = ""


class ModelTag(ModelKey, Tag):
    pass


class ModelTagKey(ModelKey):
    key: Key


class VersionKey(ModelKey):
    version: Version


class VersionCreate(ModelKey):
    source: Annotated[str, Field(min_length=1, max_length=2000)]
    run_id: str | None = None
    model_id: str | None = None
    description: Annotated[str, Field(max_length=4000)] = ""
    tags: list[Tag] = []

    @field_validator("run_id", "model_id")
    @classmethod
    def _empty_is_none(cls, value: str | None) -> str | None:
        return value or None


class VersionUpdate(VersionKey):
    description: Annotated[str, Field(max_length=4000)] = ""


class VersionTag(VersionKey, Tag):
    pass


class VersionTagKey(VersionKey):
    key: Key


class VersionStage(VersionKey):
    stage: str


class LatestVersions(ModelKey):
    stages: list[str] = []


class AliasKey(ModelKey):
    alias: Alias


class AliasSet(AliasKey):
    version: Version
