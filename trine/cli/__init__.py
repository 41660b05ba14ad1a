"""The command line. Nothing heavy is imported before a command needs it."""

from importlib import import_module


def main() -> None:
    raise SystemExit(import_module("trine.cli.app").run())
