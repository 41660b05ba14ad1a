from typing import Annotated

import typer

from trine.cli.language import t
from trine.cli.options import Json, Limit, connected, group, identify
from trine.cli.output import age, print_list, print_one

queue = group(t("The queue: workloads, why each is where it is, nodes."))


@queue.command("list", help=t("Lists queues."))
def list_queues(as_json: Json = False) -> None:
    with connected() as client:
        columns = {t("name"): lambda row: row.name, t("description"): lambda row: row.description}
        print_list(client.queues.list(), columns, as_json=as_json)


@queue.command(help=t("Lists workloads, newest first."))
def workloads(
    status: Annotated[str | None, typer.Option("--status", help=t("Only those in this status."))] = None,
    kind: Annotated[str | None, typer.Option("--kind", help=t("Only those of this kind."))] = None,
    limit: Limit = 20,
    as_json: Json = False,
) -> None:
    with connected() as client:
        print_list(
            client.workloads.list(status=status, kind=kind, limit=limit),
            {
                t("name"): lambda row: row.name,
                t("kind"): lambda row: row.kind,
                t("status"): lambda row: row.status,
                t("since"): lambda row: age(row.status_since),
                t("why"): lambda row: row.reason.get("message"),
                "id": lambda row: row.id,
            },
            as_json=as_json,
        )


@queue.command(help=t("Says why a workload is in its state, and what would change it."))
def explain(reference: Annotated[str, typer.Argument(metavar="ID|NAME")], as_json: Json = False) -> None:
    with connected() as client:
        workload = identify(reference, client.workloads.list(limit=1000), "workload")
        print_one(
            client.workloads.explain(workload),
            {
                t("status"): lambda row: row.status,
                t("since"): lambda row: row.since,
                t("why"): lambda row: row.message,
                t("asks for"): lambda row: row.asks,
                t("place in the queue"): lambda row: row.position,
                t("blocked by"): lambda row: row.blocked_by,
                t("what would change it"): lambda row: row.would_change,
            },
            as_json=as_json,
        )


@queue.command(help=t("Lists the nodes of the cluster."))
def nodes(as_json: Json = False) -> None:
    with connected() as client:
        print_list(
            client.nodes.list(),
            {
                t("node"): lambda row: row.hostname,
                "CPU": lambda row: row.cpu,
                "GPU": lambda row: f"{row.gpu:g}{' (virtual)' if row.virtual_gpu else ''}",
                t("memory"): lambda row: f"{row.memory / 2**30:.1f} GiB",
                t("alive"): lambda row: row.alive,
                t("seen"): lambda row: age(row.seen_at),
            },
            as_json=as_json,
        )
