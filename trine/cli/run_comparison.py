"""`trine run compare`, `compare-code`, `importance` and `group`: what is asked about many runs at once."""

import sys
from collections.abc import Iterable, Sequence
from typing import Annotated

import typer

from trine.cli.language import t
from trine.cli.options import Filter, Json, Limit, Project, Sort, connected, identify
from trine.cli.output import cell, print_json, print_list, print_pairs, print_table
from trine.client import Client
from trine.records.comparison import CodeVersion, ComparedMetric, ComparedValues, Spread

References = Annotated[list[str], typer.Argument(metavar="RUN…", help=t("Identifiers or names, two or more."))]
FIELDS = {
    "params": t("parameters"),
    "metrics": t("metrics"),
    "summary": t("summary"),
    "tags": t("tags"),
    "environment": t("environment"),
    "packages": t("packages"),
}


def compare(
    references: References,
    everything: Annotated[bool, typer.Option("--all", help=t("Also what is the same in all of them."))] = False,
    project: Project = None,
    as_json: Json = False,
) -> None:
    if len(references) < 2:
        raise typer.BadParameter(t("name two runs at least"))
    with connected(project) as client:
        found = client.runs.compare(_runs(client, references), hide_identical=not everything)
        if as_json:
            print_json(found)
            return
        rows = [[t("status"), "", *(run.status for run in found.runs)]]
        for name, heading in FIELDS.items():
            rows += [[heading, row.name, *_values(row)] for row in getattr(found, name)]
        print_table([t("of"), t("name"), *(run.name for run in found.runs)], rows)


def compare_code(
    base: Annotated[str, typer.Argument(metavar="BASE", help=t("Identifier or name of a run."))],
    other: Annotated[str, typer.Argument(metavar="OTHER", help=t("Identifier or name of a run."))],
    project: Project = None,
    as_json: Json = False,
) -> None:
    with connected(project) as client:
        found = client.runs.compare_code(*_runs(client, (base, other)))
        if as_json:
            print_json(found)
            return
        print_pairs({base: _version(found.base), other: _version(found.other)})
        for file in found.files:
            sys.stdout.write(f"{file.state}\t{file.path}\n")
            if file.state != "same":
                sys.stdout.write(file.text if file.text.endswith("\n") or not file.text else f"{file.text}\n")


def importance(
    metric: Annotated[str, typer.Argument(metavar="METRIC", help=t("Such as: min(metrics.loss)"))],
    matching: Filter = "",
    project: Project = None,
    as_json: Json = False,
) -> None:
    with connected(project) as client:
        found = client.runs.importance(metric, matching=matching)
        if as_json:
            print_json(found)
            return
        print_pairs({t("runs"): found.runs, "R²": found.score})
        rows = [[each.name, cell(each.importance), cell(each.correlation), cell(each.runs)] for each in found.params]
        print_table([t("parameter"), t("importance"), t("correlation"), t("runs")], rows)


def group_runs(
    by: Annotated[
        list[str], typer.Option("--by", metavar="COLUMN", help=t("What runs of a group have in common: params.lr"))
    ],
    metrics: Annotated[
        list[str] | None,
        typer.Option("--metric", metavar="METRIC", help=t("Mean and spread of it, such as: metrics.loss")),
    ] = None,
    matching: Filter = "",
    sort: Sort = "",
    project: Project = None,
    limit: Limit = 20,
    as_json: Json = False,
) -> None:
    shown = metrics or []
    with connected(project) as client:
        found = client.runs.groups(by, shown, matching=matching, sort=sort, limit=limit)
        if as_json:
            print_list(found, {}, as_json=True)
            return
        rows = [
            [*map(cell, each.keys), cell(each.runs), *(_spread(spread) for spread in each.metrics)] for each in found
        ]
        print_table([*by, t("runs"), *shown], rows)


def _runs(client: Client, references: Sequence[str]) -> list[str]:
    known = list(client.runs.list(limit=1000))
    return [identify(reference, known, "run") for reference in references]


def _values(row: ComparedValues | ComparedMetric) -> Iterable[str]:
    if isinstance(row, ComparedMetric):
        return (cell(each and each.value) for each in row.values)
    return (cell(each) for each in row.values)


def _version(code: CodeVersion) -> str:
    changed = t("with changes") if code.dirty else ""
    return " ".join(part for part in (code.commit or t("no commit is known"), code.branch or "", changed) if part)


def _spread(spread: Spread) -> str:
    if spread.mean is None:
        return "-"
    return f"{cell(spread.mean)} ± {cell(spread.deviation)}" if spread.deviation is not None else cell(spread.mean)
