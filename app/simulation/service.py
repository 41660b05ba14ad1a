"""Simulations: episodes of a policy in an environment. What an environment does is `sim/`."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import service as auth
from app.auth.permissions import Action
from app.auth.principal import Principal
from app.errors import Invalid, NotFound
from app.experiments import artifacts
from app.experiments import service as experiments
from app.kit.filters import Filters
from app.kit.pagination import PageRequest, Rows, page
from app.projects import service as projects
from app.registry import versions
from app.scheduler import service as scheduler
from app.scheduler.criteria_repository import having
from app.scheduler.order_repository import WorkOrder, page_of_work
from app.scheduler.schemas import WorkloadRead
from app.scheduler.status import Status
from app.simulation.repository import EnvironmentRepository, ScenarioRepository, SimulationRepository
from app.simulation.schemas import ReportRead, SimulationRead
from app.tables import Environment, ModelVersion, Scenario, Simulation, Workload
from trine.specs.enrolment import WorkloadKind
from trine.specs.simulation import ModelPolicy, ScriptedPolicy, SimulationSpec, bundles


async def create(session: AsyncSession, *, principal: Principal, project: str, spec: SimulationSpec) -> SimulationRead:
    experiment, _ = await experiments.experiment(session, principal=principal, project=project, name=spec.experiment)
    scripted = spec.policy.name if isinstance(spec.policy, ScriptedPolicy) else None
    await check_environment(session, spec.environment, parameters=spec.parameters, scripted=scripted)
    version = await _version(session, project_id=experiment.project_id, spec=spec)
    workload, columns = await scheduler.submit_run(
        session,
        principal=principal,
        experiment=experiment,
        kind=WorkloadKind.SIMULATION,
        spec=spec,
        bundles=bundles(spec),
        inputs={"policy": str(version.artifact_id)} if version else {},
    )
    simulation = Simulation(**columns, model_version_id=version.id if version else None, environment=spec.environment)
    await SimulationRepository(session).add(simulation)
    return _read(simulation, workload)


async def check_environment(
    session: AsyncSession,
    name: str,
    *,
    field: str = "environment",
    parameters: Collection[str] = (),
    scripted: str | None = None,
) -> None:
    """Raises `Invalid`, which names the unknown environment, parameter or scripted policy, and those there are.

    Before the catalogue has been loaded nothing is known, and the job itself finds out.
    """
    found = await EnvironmentRepository(session).every(Environment.name == name)
    if not found:
        if known := sorted(row.name for row in await environments(session)):
            raise Invalid(f"there is no environment {name!r}; allowed: {', '.join(known)}", field=field)
        return
    description = found[-1].description
    takes = [parameter["name"] for parameter in description["parameters"]]
    for parameter in sorted(set(parameters) - set(takes)):
        raise Invalid(
            f"{name} has no parameter {parameter!r}; allowed: {', '.join(takes) or 'none'}",
            field=f"parameters.{parameter}",
        )
    if scripted is not None and scripted not in description["scripted_policies"]:
        allowed = ", ".join(description["scripted_policies"]) or "none"
        raise Invalid(f"{name} has no scripted policy {scripted!r}; allowed: {allowed}", field="policy.name")


async def environments(session: AsyncSession) -> Sequence[Environment]:
    return await EnvironmentRepository(session).every()


async def scenarios(session: AsyncSession) -> Sequence[Scenario]:
    return await ScenarioRepository(session).every()


async def get(session: AsyncSession, *, principal: Principal, simulation_id: UUID) -> SimulationRead:
    simulation = await _row(session, principal, simulation_id, Action.READ)
    return _read(simulation, await scheduler.get(session, principal=principal, workload_id=simulation.workload_id))


async def simulations(
    session: AsyncSession,
    *,
    principal: Principal,
    project: str,
    request: PageRequest,
    filters: Filters,
    status: Sequence[Status],
    order: WorkOrder,
) -> Rows[SimulationRead]:
    parent = await projects.get(session, principal=principal, ref=project)
    wanted = [Simulation.project_id == parent.id, *filters.of(Simulation), *having(Simulation, status)]
    rows = await page_of_work(SimulationRepository(session), request, order, *wanted)
    workloads = await scheduler.by_id(session, [row.workload_id for row in rows])
    return page([_read(row, workloads[row.workload_id]) for row in rows], request)


async def cancel(session: AsyncSession, *, principal: Principal, simulation_id: UUID) -> SimulationRead:
    simulation = await _row(session, principal, simulation_id, Action.WORK)
    return _read(simulation, await scheduler.cancel(session, principal=principal, workload_id=simulation.workload_id))


async def report(session: AsyncSession, *, principal: Principal, simulation_id: UUID) -> ReportRead:
    """Raises `NotFound` while there is none."""
    simulation = await _row(session, principal, simulation_id, Action.READ)
    run = await experiments.get(session, principal=principal, run_id=simulation.run_id)
    newest = await artifacts.newest(session, run_id=run.id, kind="report")
    if newest is None:
        raise NotFound("report yet of the simulation", simulation_id)
    files = await artifacts.files(session, artifact_id=newest.id)
    return ReportRead(artifact_id=newest.id, files=[file.path for file in files], summary=run.summary)


async def _version(session: AsyncSession, *, project_id: UUID, spec: SimulationSpec) -> ModelVersion | None:
    if not isinstance(spec.policy, ModelPolicy):
        return None
    try:
        version = await versions.resolve(
            session, project_id=project_id, name=spec.policy.model, ref=spec.policy.version
        )
    except NotFound as error:
        raise Invalid(error.detail, field="policy") from error
    if version.framework != "torch":
        raise Invalid(f"{spec.policy.model!r} is a {version.framework} model, not a policy", field="policy.model")
    return version


def _read(simulation: Simulation, workload: Workload) -> SimulationRead:
    names = ("id", "project_id", "run_id", "model_version_id", "name", "environment", "spec", "created_at")
    columns = {name: getattr(simulation, name) for name in names}
    return SimulationRead(**columns, workload=WorkloadRead.model_validate(workload))


async def _row(session: AsyncSession, principal: Principal, simulation_id: UUID, action: Action) -> Simulation:
    simulation = await SimulationRepository(session).get(simulation_id)
    if simulation is None:
        raise NotFound("simulation", simulation_id)
    auth.require(principal, action, simulation.org_id, simulation.project_id)
    return simulation
