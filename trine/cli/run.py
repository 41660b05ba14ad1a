import sys
from functools import partial
from typing import Annotated, Any

import typer

from trine.cli.language import t
from trine.cli.options import Filter, Json, Limit, Project, Reference, Sort, connected, group, identify
from trine.cli.output import Columns, age, cell, print_json, print_list, print_pairs, print_table, say
from trine.cli.run_comparison import compare, compare_code, group_runs, importance
from trine.cli.run_export import export_runs, export_series
from trine.client import Client
from trine.records.tracking import LogHit, RunRow
from trine.sync import Synced
from trine.sync import sync as send_spilled

run = group(t("Runs: metrics, logs, artifacts."))
run.command("export", help=t("Writes the table of runs to a file."))(export_runs)
run.command(help=t("Shows runs side by side: what differs, or all of it."))(compare)
run.command("compare-code", help=t("Shows what two runs had changed in their code, file by file."))(compare_code)
run.command(help=t("Tells which parameters a metric depends on."))(importance)
run.command("group", help=t("Puts runs into groups that have values in common."))(group_runs)
run.command("export-series", help=t("Writes every point of metrics of runs to a file."))(export_series)
HITS: Columns[LogHit] = {
    t("time"): lambda hit: hit.time,
    t("entry"): lambda hit: hit.log_id,
    t("line"): lambda hit: hit.text,
}


@run.command("list", help=t("Lists runs, newest first."))
def list_runs(
    project: Project = None,
    kind: Annotated[str | None, typer.Option("--kind", help=t("Only runs of this kind."))] = None,
    matching: Filter = "",
    sort: Sort = "",
    shown: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="COLUMN", help=t("Show this too, e.g. metrics.loss or params.lr.")),
    ] = None,
    limit: Limit = 20,
    as_json: Json = False,
) -> None:
    of_kind = f'kind = "{kind}"' if kind else ""
    narrowed = f"({matching}) and {of_kind}" if matching and of_kind else matching or of_kind
    with connected(project) as client:
        columns: Columns[Any] = {
            t("name"): lambda row: row.name,
            t("kind"): lambda row: row.kind,
            t("status"): lambda row: row.status,
            t("age"): lambda row: age(row.created_at),
            **{name: partial(_shown, name=name) for name in shown or []},
            "id": lambda row: row.id,
        }
        if matching or sort or shown:
            print_list(client.runs.search(narrowed, sort=sort, columns=shown, limit=limit), columns, as_json=as_json)
        else:
            print_list(client.runs.list(kind=kind, limit=limit), columns, as_json=as_json)


@run.command(help=t("Shows a run and the last value of each metric."))
def get(reference: Reference, project: Project = None, as_json: Json = False) -> None:
    with connected(project) as client:
        found = client.runs.get(_id(client, reference))
        if as_json:
            print_json(found)
            return
        print_pairs(
            {
                t("name"): found.name,
                t("kind"): found.kind,
                t("status"): found.status,
                t("why"): found.reason.get("message"),
                t("failure"): (found.failure or {}).get("message"),
                t("created"): found.created_at,
                t("ended"): found.ended_at,
                t("parameters"): found.params,
                t("summary"): found.summary,
                t("tags"): found.tags,
                "id": found.id,
            }
        )
        rows = [(each.name, each.value, each.step, each.minimum, each.maximum, each.points) for each in found.metrics]
        headings = [t("metric"), t("last"), t("step"), t("least"), t("greatest"), t("points")]
        print_table(headings, [[cell(value) for value in row] for row in rows])


@run.command(help=t("Prints the points of metrics, one line a step."))
def metrics(
    reference: Reference,
    names: Annotated[list[str] | None, typer.Argument(metavar="METRIC", help=t("Default: all."))] = None,
    points: Annotated[int, typer.Option("--points", min=4, max=100_000, help=t("About how many of each."))] = 100,
    project: Project = None,
    as_json: Json = False,
) -> None:
    with connected(project) as client:
        run_id = _id(client, reference)
        chosen = names or [each.name for each in client.runs.get(run_id).metrics][:100]
        series = client.runs.metrics(run_id, chosen, points=points) if chosen else []
        if as_json:
            print_json(list(series))
            return
        values = [dict(zip(each.steps, each.values, strict=True)) for each in series]
        rows = [[str(step), *(cell(found.get(step)) for found in values)] for step in sorted(set().union(*values))]
        print_table([t("step"), *(each.name for each in series)], rows)


@run.command(help=t("Prints what a run printed."))
def logs(
    reference: Reference,
    follow: Annotated[bool, typer.Option("--follow", "-f", help=t("Go on until it ends."))] = False,
    search: Annotated[
        str, typer.Option("--search", metavar="WORDS", help=t("Only lines with these words, newest first."))
    ] = "",
    limit: Limit = 20,
    project: Project = None,
    as_json: Json = False,
) -> None:
    if search and follow:
        raise typer.BadParameter(t("lines that are searched for cannot be followed: give one of the two"))
    with connected(project) as client:
        run_id = _id(client, reference)
        if search:
            print_list(client.runs.search_logs(search, run=run_id, limit=limit), HITS, as_json=as_json)
            return
        for line in client.runs.logs(run_id, follow=follow):
            sys.stdout.write(line.model_dump_json() + "\n" if as_json else line.text)
            sys.stdout.flush()


@run.command("search-logs", help=t("Finds lines in the logs of all runs, newest first."))
def search_logs(
    words: Annotated[
        str, typer.Argument(metavar="WORDS", help=t('Such as: cuda "out of memory" -retried, oom* or killed'))
    ],
    limit: Limit = 20,
    project: Project = None,
    as_json: Json = False,
) -> None:
    with connected(project) as client:
        columns: Columns[LogHit] = {t("run"): lambda hit: hit.run_name, **HITS}
        print_list(client.runs.search_logs(words, limit=limit), columns, as_json=as_json)


@run.command(help=t("Sends what processes that died, or had no connection, left on this machine."))
def sync(
    run_id: Annotated[str | None, typer.Argument(metavar="RUN", help=t("Only this run."))] = None, as_json: Json = False
) -> None:
    with connected() as client:
        done: list[Synced] = []
        for each in send_spilled(client.transport, run=run_id):
            done.append(each)
            if not as_json:
                say(f"{each.run} {each.source}: {_state(each)}")
        if as_json:
            print_json([vars(each) for each in done])
        elif not done:
            say(t("Nothing is waiting to be sent."))
        if any(each.state == "refused" for each in done):
            raise typer.Exit(1)


def _shown(row: RunRow, name: str) -> object:
    """What the row has of a column; of a metric its last value, or the extreme that is named."""
    of, _, rest = name.rpartition("(")
    place, _, key = rest.rstrip(") ").partition(".")
    if place == "metrics":
        metric = row.metrics.get(_unquoted(key))
        return metric and getattr(metric, {"min": "minimum", "max": "maximum"}.get(of.lower(), "value"))
    found: object = getattr(row, place, None)
    return found.get(_unquoted(key)) if isinstance(found, dict) else found


def _unquoted(name: str) -> str:
    return name[1:-1] if name[:1] in {'"', "'", "`"} else name


def _state(each: Synced) -> str:
    if each.state == "sent":
        dropped = t(", {count} invalid ones dropped", count=each.dropped) if each.dropped else ""
        return t("{count} batches sent", count=each.sent) + dropped
    return each.reason


def _id(client: Client, reference: str) -> str:
    return identify(reference, client.runs.list(limit=1000), "run")
