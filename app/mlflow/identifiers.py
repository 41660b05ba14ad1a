"""How things are called in MLflow's API: keys without hyphens, experiments of other projects below their project."""

from uuid import UUID

from app.errors import Invalid, NotFound
from app.kit.uuids import as_uuid
from app.tables import Experiment, LoggedModel, Run

DEFAULT_EXPERIMENT = "Default"
"""What a client that named no experiment calls `0`."""
LOGGED_MODEL = "m-"
SCHEME = "mlflow-artifacts:/"


def key(kind: str, text: str) -> UUID:
    """Raises `NotFound` for what no key looks like."""
    found = as_uuid(text)
    if found is None:
        raise NotFound(kind, text)
    return found


def logged_model_key(text: str) -> UUID:
    if not text.startswith(LOGGED_MODEL):
        raise NotFound("logged model", text)
    return key("logged model", text.removeprefix(LOGGED_MODEL))


def logged_model_id(model: LoggedModel) -> str:
    return f"{LOGGED_MODEL}{model.id.hex}"


def run_location(run: Run) -> str:
    return f"{SCHEME}{run.experiment_id.hex}/{run.id.hex}/artifacts"


def logged_model_location(model: LoggedModel) -> str:
    return f"{SCHEME}{model.experiment_id.hex}/models/{logged_model_id(model)}/artifacts"


def artifact_location(artifact_id: UUID) -> str:
    """Of what a version of a registered model is made of."""
    return f"{SCHEME}artifacts/{artifact_id.hex}"


def experiment_location(experiment: Experiment) -> str:
    return f"{SCHEME}{experiment.id.hex}"


def split(name: str) -> tuple[str | None, str]:
    """`project/name` in two; None for the project of a name without one. A name that begins with a slash, as in
    Databricks, has none."""
    project, slash, rest = name.partition("/")
    if not slash or not project:
        return None, name
    if not rest:
        raise Invalid(f"{name!r} ends where the experiment's name should begin", field="name")
    return project, rest
