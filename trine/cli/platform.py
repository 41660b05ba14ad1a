"""up, down, status, demo: the platform on this machine, which is another distribution, run as a child process."""

import importlib.util
import signal
import subprocess
import sys
from pathlib import Path

import typer

from trine.cli.language import t
from trine.errors import TrineError

PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def up(context: typer.Context) -> None:
    _execute("deployments.local", "up", *context.args)


def down(context: typer.Context) -> None:
    _execute("deployments.local", "down", *context.args)


def status(context: typer.Context) -> None:
    _execute("deployments.local", "status", *context.args)


def demo(context: typer.Context) -> None:
    _execute("deployments.demo", *context.args)


def _execute(module: str, *arguments: str) -> None:
    if importlib.util.find_spec("deployments") is None and not Path("deployments/local").is_dir():
        raise TrineError(
            t("Only the light client is installed here: the platform itself is not."),
            code="no_platform",
            advice=t(
                "Run this in a checkout of Trine after `make setup`, or sign in to a platform that runs elsewhere."
            ),
        )
    child = subprocess.Popen([sys.executable, "-m", module, *arguments])
    # The terminal sends Ctrl-C to both: the child cleans up and decides the exit code.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = child.wait()
    finally:
        signal.signal(signal.SIGINT, before)
    raise typer.Exit(code if code >= 0 else 128 - code)
