"""The one list of routers and their prefixes."""

from fastapi import FastAPI

from app.accounts import routes as accounts
from app.accounts import service_account_routes as service_accounts
from app.accounts import session_routes as sessions
from app.accounts import sign_in_routes as sign_in
from app.activity import routes as activity
from app.admin import routes as admin
from app.experiments import artifact_routes as artifacts
from app.experiments import media_routes as media
from app.experiments import routes as experiments
from app.experiments import upload_routes as uploads
from app.inference import open_inference
from app.inference import routes as inference
from app.orgs import routes as orgs
from app.projects import routes as projects
from app.quotas import routes as quotas
from app.registry import gate_routes as model_gates
from app.registry import routes as registry
from app.registry import version_routes as model_versions
from app.route import Api
from app.scheduler import routes as scheduler
from app.simulation import routes as simulation
from app.training import routes as training
from app.tuning import routes as tuning

API = "/api/v1"

# The router tries them in this order: what is asked most comes first.
ROUTERS = (
    experiments.router,
    accounts.router,
    sessions.router,
    service_accounts.router,
    sign_in.router,
    orgs.router,
    projects.router,
    quotas.router,
    activity.router,
    artifacts.router,
    uploads.router,
    media.router,
    model_gates.router,
    registry.router,
    model_versions.router,
    scheduler.router,
    training.router,
    tuning.router,
    inference.router,
    simulation.router,
    admin.router,
)


def install(app: FastAPI) -> None:
    api = Api()
    for router in ROUTERS:
        api.include_router(router, prefix=API)
    api.include_router(open_inference.router)
    app.include_router(api)
