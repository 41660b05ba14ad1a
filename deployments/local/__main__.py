"""`python -m deployments.local up | down | status | secrets | rotate-keys`."""

import argparse
import json
import os
import sys

import rich.console
import rich.markup
import rich.table

from deployments.local.down import down
from deployments.local.environment import settings
from deployments.local.errors import LocalError
from deployments.local.home import Home
from deployments.local.progress import Progress
from deployments.local.rotation import ROTATED, rotate
from deployments.local.status import Status, as_json, status, timestamp
from deployments.local.texts import text
from deployments.local.up import up


def main() -> int:
    arguments = parser().parse_args()
    home = Home.current()
    try:
        if arguments.command == "secrets":
            sys.stdout.writelines(f"{path}\n" for path in home.make_secrets())
            return 0
        if arguments.command == "rotate-keys":
            changed = rotate(home, arguments.keys or ROTATED, keep=arguments.keep)
            sys.stdout.writelines(text("keys.rotated", path=path) + "\n" for path in changed)
            return 0
        if arguments.command == "status":
            found = status(home)
            show(found, as_document=arguments.json)
            return 0 if found.healthy else 1
        with Progress() as progress:
            if arguments.command == "down":
                down(home, progress)
                return 0
            found = up(
                home,
                progress,
                port=arguments.port,
                ray_port=arguments.ray_port,
                dashboard_port=arguments.dashboard_port,
                virtual_gpus=arguments.virtual_gpus,
            )
        show(found, as_document=False)
        return 0 if found.healthy else 1
    except LocalError as error:
        sys.stderr.write(f"trine {arguments.command}: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write(text("up.interrupted") + "\n")
        return 130


def parser() -> argparse.ArgumentParser:
    """Ports: the option, else the TRINE_* variable, else deploy/ray.env."""
    defaults = settings() | os.environ
    root = argparse.ArgumentParser(prog="trine", description="The platform on this machine.")
    commands = root.add_subparsers(dest="command", required=True)
    start = commands.add_parser("up", help="start everything that is not running")
    start.add_argument("--virtual-gpus", type=count, metavar="N", help="declare N logical GPUs (Ray resource 'vgpu')")
    start.add_argument("--port", type=int, default=int(defaults.get("TRINE_PORT", "8000")), help="web page and API")
    start.add_argument("--ray-port", type=int, default=int(defaults["TRINE_RAY_PORT"]), help="Ray's GCS")
    start.add_argument(
        "--dashboard-port", type=int, default=int(defaults["TRINE_RAY_DASHBOARD_PORT"]), help="Ray's dashboard"
    )
    commands.add_parser("down", help="end everything, keep the data")
    commands.add_parser("status", help="what is healthy, and where").add_argument("--json", action="store_true")
    commands.add_parser("secrets", help="make the random secrets of a platform that is started in another way")
    change = commands.add_parser("rotate-keys", help="new signing_key and key_pepper, while the platform runs")
    change.add_argument("keys", nargs="*", type=rotated, help=f"only these of {', '.join(ROTATED)}; default: all")
    change.add_argument(
        "--keep", type=count, default=1, metavar="N", help="earlier keys that are still accepted; 0 after a leak"
    )
    return root


def rotated(value: str) -> str:
    if value not in ROTATED:
        raise argparse.ArgumentTypeError(f"{value!r} is no key that can be changed so; name {' or '.join(ROTATED)}")
    return value


def count(value: str) -> int:
    number = int(value)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{value} is less than none; give 0 or more")
    return number


def show(found: Status, *, as_document: bool) -> None:
    if as_document:
        sys.stdout.write(json.dumps(as_json(found), indent=2) + "\n")
        return
    console = rich.console.Console(highlight=False)
    if not found.parts:
        console.print(text("status.down"))
        return
    table = rich.table.Table(box=None, pad_edge=False)
    for name in ("part", "state", "since", "detail"):
        table.add_column(text(f"status.{name}"))
    for part in found.parts:
        health = f"[green]{text('status.healthy')}[/]" if part.healthy else f"[red]{text('status.unhealthy')}[/]"
        table.add_row(part.name, health, timestamp(part.since), rich.markup.escape(part.detail))
    console.print(table)
    console.print()
    for name, address in found.addresses.items():
        console.print(f"{text(f'address.{name}')}: {address}", soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
