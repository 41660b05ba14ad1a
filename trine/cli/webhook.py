import sys
from typing import Annotated

import typer

from trine.cli.language import t
from trine.cli.options import Json, Limit, Project, connected, group
from trine.cli.output import print_json, print_list, print_one, say
from trine.records.webhooks import Webhook, WebhookDelivery

webhook = group(t("Addresses that are told when a model changes."))

Identifier = Annotated[str, typer.Argument(metavar="ID")]
Events = Annotated[
    list[str], typer.Option("--event", "-e", help=t("What it is told, e.g. model_alias.moved; several times."))
]


@webhook.command(help=t("Makes a webhook; its secret is shown this once."))
def create(
    url: Annotated[str, typer.Argument(metavar="URL")],
    event: Events,
    description: Annotated[str, typer.Option("--description")] = "",
    project: Project = None,
    as_json: Json = False,
) -> None:
    with connected(project) as client:
        made = client.webhooks.create(url=url, events=event, description=description)
        if as_json:
            print_json(made)
            return
        say(t("Keep the secret: it is not shown again."))
        sys.stdout.write(f"{made.id}\t{made.secret}\n")


@webhook.command("list", help=t("Lists webhooks."))
def list_webhooks(project: Project = None, as_json: Json = False) -> None:
    with connected(project) as client:
        columns = {t("address"): lambda row: row.url, t("events"): lambda row: row.events}
        columns |= {t("active"): lambda row: row.active, "id": lambda row: row.id}
        print_list(client.webhooks.list(), columns, as_json=as_json)


@webhook.command("test", help=t("Tells it something that means nothing, to see whether it arrives."))
def try_out(identifier: Identifier, as_json: Json = False) -> None:
    with connected() as client:
        _told(client.webhooks.test(identifier), as_json=as_json)


@webhook.command(help=t("Lists what it was told, newest first."))
def deliveries(identifier: Identifier, limit: Limit = 50, as_json: Json = False) -> None:
    with connected() as client:
        columns = {t("what"): lambda row: row.action, t("status"): lambda row: row.status}
        columns |= {t("attempts"): lambda row: row.attempts, t("answer"): lambda row: row.response_status}
        columns |= {t("why"): lambda row: row.error, t("created"): lambda row: row.created_at, "id": lambda row: row.id}
        print_list(client.webhooks.deliveries(identifier, limit=limit), columns, as_json=as_json)


@webhook.command(help=t("Delivers something once more, under the same id."))
def redeliver(
    identifier: Identifier, delivery: Annotated[str, typer.Argument(metavar="DELIVERY")], as_json: Json = False
) -> None:
    with connected() as client:
        _told(client.webhooks.redeliver(identifier, delivery), as_json=as_json)


@webhook.command(help=t("Gives it a new secret; for a day the old one signs as well."))
def rotate(identifier: Identifier, as_json: Json = False) -> None:
    with connected() as client:
        made = client.webhooks.rotate(identifier)
        if as_json:
            print_json(made)
        else:
            sys.stdout.write(f"{made.id}\t{made.secret}\n")


@webhook.command(help=t("Switches it off, or on again."))
def switch(identifier: Identifier, active: Annotated[bool, typer.Option("--on/--off")], as_json: Json = False) -> None:
    with connected() as client:
        _shown(client.webhooks.update(identifier, active=active), as_json=as_json)


@webhook.command(help=t("Deletes a webhook for good."))
def delete(identifier: Identifier) -> None:
    with connected() as client:
        client.webhooks.remove(identifier)
        say(t("It is deleted."))


def _told(delivery: WebhookDelivery, *, as_json: bool) -> None:
    columns = {t("what"): lambda row: row.action, t("status"): lambda row: row.status, "id": lambda row: row.id}
    print_one(delivery, columns, as_json=as_json)


def _shown(found: Webhook, *, as_json: bool) -> None:
    print_one(found, {t("address"): lambda row: row.url, t("active"): lambda row: row.active}, as_json=as_json)
