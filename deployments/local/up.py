"""Brings the local platform up; every step finds out first whether its work is already done."""

from concurrent.futures import ThreadPoolExecutor

from deployments.local import account, database, preflight, ray, serve, state
from deployments.local.errors import LocalError
from deployments.local.home import Home
from deployments.local.lock import exclusive
from deployments.local.ports import choose
from deployments.local.progress import Progress
from deployments.local.state import Ports, State
from deployments.local.status import Status, status, timestamp
from deployments.local.texts import text


def up(
    home: Home, progress: Progress, *, port: int, ray_port: int, dashboard_port: int, virtual_gpus: int | None
) -> Status:
    """`virtual_gpus`: None for as many as it has (at first 0).

    Raises:
    LocalError: something is in the way, or failed; nothing that works is taken down.
    """
    home.create()
    with exclusive(home):
        home.make_secrets()
        found = state.load(home)
        if found is not None and ray.alive(found):
            if virtual_gpus not in (None, found.virtual_gpus):
                raise LocalError("up.different", current=found.virtual_gpus, wanted=virtual_gpus)
            current = status(home)
            if current.healthy and account.load(home) is not None:
                progress.line(
                    "✓", text("up.already", since=timestamp(current.started_at), url=current.addresses["web"])
                )
                return current
            sick = ", ".join(part.name for part in current.parts if not part.healthy)
            progress.line("!", text("up.repair", parts=sick or "credentials"))
        else:
            preflight.check(home)
            clear_leftovers(home, found, progress)
            found = State(
                ports=choose(web=port, gcs=ray_port, dashboard=dashboard_port), virtual_gpus=virtual_gpus or 0
            )
            found.save(home)
        bring_up(home, progress, found)
        progress.line("✓", text("up.done", seconds=progress.seconds))
        return status(home)


def clear_leftovers(home: Home, found: State | None, progress: Progress) -> None:
    ended, remaining = ray.stop_all(home, found.processes if found else None)
    if ended:
        progress.line("!", text("up.leftovers", count=ended))
    if remaining:
        raise LocalError("down.remains", processes=", ".join(f"{process.pid}" for process in remaining))


def bring_up(home: Home, progress: Progress, found: State) -> None:
    """The database and Ray have nothing to do with each other, and each leaves a core idle: both at once."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        steps = [pool.submit(start_database, home, progress), pool.submit(start_ray, home, progress, found)]
        for step in steps:
            step.result()
    deploy(home, progress, found.ports)
    progress.begin("account", text("account.starting"))
    first = account.load(home) is None
    credentials, new = account.ensure(home, found.ports.web)
    database.appoint(home, credentials.email, new=first)
    progress.done(
        "account", text("account.made" if new else "account.kept", email=credentials.email, path=home.credentials)
    )


def start_database(home: Home, progress: Progress) -> None:
    progress.begin("postgres", text("postgres.starting"))
    port = database.start(home)
    progress.done("postgres", text("postgres.external") if port is None else text("postgres.done", port=port))
    progress.begin("migrations", text("migrations.starting"))
    database.migrate(home)
    progress.done("migrations", text("migrations.done"))


def start_ray(home: Home, progress: Progress, found: State) -> None:
    if ray.alive(found):
        return
    progress.begin("ray", text("ray.starting"))
    processes = ray.start(home, found.ports, virtual_gpus=found.virtual_gpus)
    found.model_copy(update={"processes": processes}).save(home)
    gpus = text("ray.gpus", count=found.virtual_gpus) if found.virtual_gpus else ""
    progress.done("ray", text("ray.done", cpus=ray.logical_cpus(), gpus=gpus))


def deploy(home: Home, progress: Progress, ports: Ports) -> None:
    names = serve.deploy(
        home,
        ports,
        serve.configuration(ports),
        lambda states: progress.begin("serve", text("serve.starting", states=states)),
    )
    progress.done("serve", text("serve.done", names=", ".join(names)))
