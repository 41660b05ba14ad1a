"""The tree of commands, and how an error becomes one line and an exit code: 1 failed, 2 wrong usage or spec."""

import os
import sys
from typing import Annotated

import typer
from typer._click.exceptions import ClickException  # typer has no public name for the base of its usage errors

import trine
from trine.cli import platform
from trine.cli.account import login, project, whoami
from trine.cli.admin import admin
from trine.cli.audit import audit
from trine.cli.dataset import dataset
from trine.cli.importing import importing
from trine.cli.job import job
from trine.cli.language import t
from trine.cli.model import model
from trine.cli.organization import org
from trine.cli.queue import queue
from trine.cli.run import run as runs
from trine.cli.service import service
from trine.cli.sim import sim
from trine.cli.study import study
from trine.cli.view import view
from trine.errors import TrineError, ValidationFailed

FAILED, USAGE, INTERRUPTED = 1, 2, 130

app = typer.Typer(
    help=t("Train, infer, simulate: the command line of Trine."),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
)


def run(arguments: list[str] | None = None) -> int:
    """Runs a command and returns its exit code."""
    try:
        code = app(args=arguments, prog_name="trine", standalone_mode=False)
        sys.stdout.flush()
    except ClickException as error:
        return _refuse(error.format_message().replace("\n", " "), error.exit_code)
    except ValidationFailed as error:
        return _refuse(str(error), USAGE)
    except TrineError as error:
        return _refuse(f"{error.detail} {t(error.advice)}", FAILED)
    except (typer.Abort, KeyboardInterrupt):
        return _refuse(t("Interrupted."), INTERRUPTED)
    except BrokenPipeError:  # `trine … | head`: the reader has what it wanted
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _refuse(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}", FAILED)
    return code if isinstance(code, int) else 0


def _refuse(message: str, code: int) -> int:
    if message:
        sys.stderr.write(f"trine: {' '.join(message.split())}\n")
    return code


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"trine {trine.__version__}\n")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help=t("Print the version."))
    ] = False,
) -> None:
    """Holds the options of `trine` itself."""


_local, _person, _work = t("The platform on this machine"), t("You"), t("Work")
app.command(
    help=t("Starts the platform on this machine."), context_settings=platform.PASSED_ON, rich_help_panel=_local
)(platform.up)
app.command(help=t("Stops it; the data stays."), context_settings=platform.PASSED_ON, rich_help_panel=_local)(
    platform.down
)
app.command(help=t("Says what runs and what is healthy."), context_settings=platform.PASSED_ON, rich_help_panel=_local)(
    platform.status
)
app.command(
    help=t("Trains, tunes, serves and simulates once."), context_settings=platform.PASSED_ON, rich_help_panel=_local
)(platform.demo)
app.command(help=t("Signs in and keeps the key on this machine."), rich_help_panel=_person)(login)
app.command(help=t("Says who you are and where."), rich_help_panel=_person)(whoami)
app.add_typer(project, name="project", rich_help_panel=_person)
app.add_typer(org, name="org", rich_help_panel=_person)
app.add_typer(audit, name="audit", rich_help_panel=_person)
app.add_typer(admin, name="admin", rich_help_panel=_person)
app.add_typer(importing, name="import", rich_help_panel=_person)
for _name, _group in {
    "job": job,
    "study": study,
    "run": runs,
    "view": view,
    "dataset": dataset,
    "model": model,
    "service": service,
    "sim": sim,
    "queue": queue,
}.items():
    app.add_typer(_group, name=_name, rich_help_panel=_work)
