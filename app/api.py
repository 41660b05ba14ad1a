"""The one list of routers and their prefixes."""

from fastapi import FastAPI

from app.accounts import routes as accounts
from app.activity import routes as activity
from app.errors import PROBLEMS
from app.experiments import artifact_routes as artifacts
from app.experiments import routes as experiments
from app.inference import routes as inference
from app.orgs import routes as orgs
from app.projects import routes as projects
from app.registry import routes as registry
from app.scheduler import routes as scheduler
from app.simulation import routes as simulation
from app.training import routes as training
from app.tuning import routes as tuning

API = "/api/v1"

ROUTERS = (
    accounts.router,
    orgs.router,
    projects.router,
    activity.router,
    experiments.router,
    artifacts.router,
    registry.router,
    scheduler.router,
    training.router,
    tuning.router,
    inference.router,
    simulation.router,
)


def install(app: FastAPI) -> None:
    for router in ROUTERS:
        app.include_router(router, prefix=API, responses=PROBLEMS)
