import sys
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from trine.cli.language import t
from trine.cli.options import Json, Limit, connected, group
from trine.cli.output import Columns, age, print_list
from trine.records.activity import ActivityEvent

audit = group(t("Who did what, and who was refused what."))

_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]
Action = Annotated[
    str | None, typer.Option("--action", help=t("Only this action, such as run.created, or this family, such as run."))
]
Actor = Annotated[
    str | None, typer.Option("--actor", help=t("Only what this person, account or job did (identifier)."))
]
Subject = Annotated[str | None, typer.Option("--subject", help=t("Only what was done to this thing (identifier)."))]
EVENT: Columns[ActivityEvent] = {
    t("action"): lambda row: row.action,
    t("actor"): lambda row: row.actor_id or row.actor_type,
    t("subject"): lambda row: f"{row.subject_type} {row.subject_id}",
    t("address"): lambda row: row.data.get("client", {}).get("address"),
    t("age"): lambda row: age(row.created_at),
}
From = Annotated[
    datetime | None,
    typer.Option("--from", formats=_FORMATS, help=t("From this moment on; without an offset, in this machine's zone.")),
]
To = Annotated[
    datetime | None,
    typer.Option("--to", formats=_FORMATS, help=t("Until this moment; without an offset, in this machine's zone.")),
]


@audit.command("list", help=t("Lists what happened, newest first."))
def list_events(
    action: Action = None,
    actor: Actor = None,
    subject: Subject = None,
    begin: From = None,
    end: To = None,
    limit: Limit = 20,
    as_json: Json = False,
) -> None:
    with connected() as client:
        found = client.events.list(
            action=action,
            actor=actor,
            subject=subject,
            created_after=_zoned(begin),
            created_before=_zoned(end),
            limit=limit,
        )
        print_list(found, EVENT, as_json=as_json)


@audit.command(help=t("Writes everything that happened in an organization, oldest first, one JSON object a line."))
def export(
    organization: Annotated[
        str | None, typer.Option("--org", help=t("Identifier of the organization, where there are several."))
    ] = None,
    action: Action = None,
    actor: Actor = None,
    subject: Subject = None,
    begin: From = None,
    end: To = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help=t("A new file; default: stdout."))] = None,
) -> None:
    with connected() as client:
        lines = client.events.export(
            organization=organization,
            action=action,
            actor=actor,
            subject=subject,
            created_after=_zoned(begin),
            created_before=_zoned(end),
        )
        with output.open("x", encoding="utf-8") if output else nullcontext(sys.stdout) as file:
            for line in lines:
                file.write(line + "\n")


def _zoned(moment: datetime | None) -> datetime | None:
    return moment.astimezone() if moment else None
