from pathlib import Path
from typing import Annotated, Literal

import typer

from trine.cli.language import t
from trine.cli.options import Filter, Project, Sort, connected, identify
from trine.cli.output import say

Target = Annotated[
    Path, typer.Argument(metavar="FILE", dir_okay=False, help=t("Where to; .parquet makes Parquet, else it is CSV."))
]


def export_runs(
    target: Target,
    matching: Filter = "",
    sort: Sort = "",
    columns: Annotated[
        list[str] | None, typer.Option("--column", metavar="COLUMN", help=t("Only these; default: all that runs have."))
    ] = None,
    project: Project = None,
) -> None:
    with connected(project) as client:
        client.runs.export(target, format=_format(target), matching=matching, sort=sort, columns=columns or None)
    say(str(target))


def export_series(
    target: Target,
    references: Annotated[list[str], typer.Argument(metavar="RUN", help=t("Identifiers or names."))],
    names: Annotated[
        list[str] | None, typer.Option("--metric", metavar="METRIC", help=t("Only these; default: all that runs have."))
    ] = None,
    project: Project = None,
) -> None:
    with connected(project) as client:
        runs = [identify(reference, client.runs.list(limit=1000), "run") for reference in references]
        client.runs.export_series(runs, target, format=_format(target), names=names or None)
    say(str(target))


def _format(target: Path) -> Literal["csv", "parquet"]:
    return "parquet" if target.suffix.lower() == ".parquet" else "csv"
