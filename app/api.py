"""The one list of routers and their prefixes."""

import functools
from collections.abc import Sequence

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute

from app.accounts import routes as accounts
from app.accounts import second_factor_routes as second_factor
from app.accounts import service_account_routes as service_accounts
from app.accounts import session_routes as sessions
from app.accounts import sign_in_routes as sign_in
from app.activity import routes as activity
from app.admin import routes as admin
from app.datasets import routes as datasets
from app.experiments import artifact_routes as artifacts
from app.experiments import comparison_routes as comparison
from app.experiments import export_routes as run_export
from app.experiments import lineage_routes as lineage
from app.experiments import log_search_routes as log_search
from app.experiments import media_routes as media
from app.experiments import point_stream_routes as point_stream
from app.experiments import preview_routes as previews
from app.experiments import retention_routes as retention
from app.experiments import routes as experiments
from app.experiments import runs_table_routes as runs_table
from app.experiments import upload_routes as uploads
from app.experiments import view_routes as run_views
from app.inference import open_inference
from app.inference import routes as inference
from app.mlflow import artifact_routes as mlflow_artifacts
from app.mlflow import logged_model_routes as mlflow_logged_models
from app.mlflow import registry_routes as mlflow_registry
from app.mlflow import routes as mlflow
from app.orgs import routes as orgs
from app.projects import routes as projects
from app.quotas import routes as quotas
from app.registry import gate_routes as model_gates
from app.registry import routes as registry
from app.registry import version_routes as model_versions
from app.route import Api
from app.scheduler import routes as scheduler
from app.scheduler import utilization_routes as utilization
from app.simulation import routes as simulation
from app.training import routes as training
from app.tuning import routes as tuning
from app.webhooks import routes as webhooks

API = "/api/v1"

# The router tries them in this order: what is asked most comes first.
ROUTERS = (
    experiments.router,
    runs_table.router,
    comparison.router,
    run_export.router,
    run_views.router,
    log_search.router,
    point_stream.router,
    accounts.router,
    sessions.router,
    second_factor.router,
    service_accounts.router,
    sign_in.router,
    orgs.router,
    projects.router,
    quotas.router,
    activity.router,
    artifacts.router,
    uploads.router,
    lineage.router,
    previews.router,
    retention.router,
    datasets.router,
    media.router,
    model_gates.router,
    registry.router,
    model_versions.router,
    webhooks.router,
    scheduler.router,
    utilization.router,
    training.router,
    tuning.router,
    inference.router,
    simulation.router,
    admin.router,
)

MLFLOW = "/api/2.0"
"""Where MLflow's clients look, below the address of the tracking server."""
MLFLOW_ROUTERS = (mlflow.router, mlflow_artifacts.router, mlflow_logged_models.router, mlflow_registry.router)


def install(app: FastAPI) -> None:
    app.router.routes.extend(_routes())


@functools.cache
def _routes() -> Sequence[BaseRoute]:
    """Made once, in a second or two: applications differ by their settings, and share what they answer to."""
    api = Api()
    for router in ROUTERS:
        api.include_router(router, prefix=API)
    api.include_router(open_inference.router)
    others = APIRouter()
    for router in MLFLOW_ROUTERS:
        others.include_router(router, prefix=MLFLOW)
    return (*api.routes, *others.routes)
