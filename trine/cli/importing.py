from typing import Annotated

import typer

from trine.cli.language import t
from trine.cli.options import Json, connected, group
from trine.cli.output import print_json, print_pairs, say
from trine.mlflow_import import Import

importing = group(t("Brings over what other trackers hold."))


@importing.callback()
def root() -> None:
    """Makes a group of it, however few commands there are."""


@importing.command(help=t("Brings an MLflow store over to the project of your key; what is there is not made again."))
def mlflow(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help=t("A tracking URI, a folder (mlruns), or a file of SQLite."))
    ],
    as_json: Json = False,
) -> None:
    with connected() as client:
        done = Import(source, client.transport, progress=say).run()
    if as_json:
        print_json(vars(done))
    else:
        print_pairs(
            {
                t("experiments"): str(done.experiments),
                t("runs"): str(done.runs),
                t("parameters"): str(done.params),
                t("points"): str(done.points),
                t("files"): t("{count}, {size} bytes", count=done.files, size=done.bytes),
                t("logged models"): str(done.logged_models),
                t("models"): str(done.models),
                t("versions"): str(done.versions),
            }
        )
        for each in done.skipped:
            say(t("Left out: {what}", what=each))
