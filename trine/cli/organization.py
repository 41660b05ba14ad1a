"""org: who belongs to an organization, who may come, and what it may use."""

import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from trine.cli.language import t
from trine.cli.options import Hard, Json, Limit, Org, QuotaResource, Soft, connected, find, group, organization_of
from trine.cli.output import Columns, cell, print_json, print_list, print_one, print_table, say
from trine.cli.service_account import accounts
from trine.cli.session import Code, Email, signed_in
from trine.client import Client
from trine.records.accounts import Organization
from trine.records.organizations import Quota

org = group(t("Organizations: members, invitations, service accounts, limits."))
members = group(t("Who belongs to an organization, and as what."))
invitations = group(t("Who was invited."))
org.add_typer(members, name="members")
org.add_typer(invitations, name="invitations")
org.add_typer(accounts, name="accounts")

Member = Annotated[str, typer.Argument(metavar="MEMBER", help=t("E-mail or identifier."))]
Role = Annotated[str, typer.Argument(metavar="ROLE", help=t("owner, admin, member or viewer."))]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help=t("A day of UTC, such as 2026-01-31."))]

_ORGANIZATION: Columns[Organization] = {
    "slug": lambda row: row.slug,
    t("name"): lambda row: row.name,
    t("second factor needed"): lambda row: row.requires_second_factor,
    t("created"): lambda row: row.created_at,
    "id": lambda row: row.id,
}
_QUOTA: Columns[Quota] = {
    t("project"): lambda row: row.project_id,
    t("person"): lambda row: row.user_id,
    t("resource"): lambda row: row.resource,
    t("hard limit"): lambda row: row.hard,
    t("soft limit"): lambda row: row.soft,
    t("used"): lambda row: row.used,
}


@org.command("list", help=t("Lists your organizations."))
def list_organizations(limit: Limit = 50, as_json: Json = False) -> None:
    with connected() as client:
        print_list(client.organizations.list(limit=limit), _ORGANIZATION, as_json=as_json)


@org.command("get", help=t("Shows an organization."))
def get_organization(organization: Org = None, as_json: Json = False) -> None:
    with connected() as client:
        print_one(client.organizations.get(organization_of(client, organization)), _ORGANIZATION, as_json=as_json)


@org.command(
    "second-factor", help=t("Asks every member's session for a second factor, or no longer; you sign in for it.")
)
def require_second_factor(
    required: Annotated[bool, typer.Option("--require/--no-require")],
    organization: Org = None,
    email: Email = None,
    code: Code = None,
    as_json: Json = False,
) -> None:
    with signed_in(email, code) as client:
        changed = client.organizations.require_second_factor(organization_of(client, organization), required)
        print_one(changed, _ORGANIZATION, as_json=as_json)


@org.command("quota", help=t("Lists limits of an organization, its projects and people, and what of them is used."))
def list_quotas(organization: Org = None, as_json: Json = False) -> None:
    with connected() as client:
        print_list(client.organizations.quotas(organization_of(client, organization)), _QUOTA, as_json=as_json)


@org.command("set-quota", help=t("Sets a limit of a project or a member; without --hard and --soft there is none."))
def set_quota(
    resource: QuotaResource,
    hard: Hard = None,
    soft: Soft = None,
    project: Annotated[str | None, typer.Option("--project", "-p", help=t("Slug or identifier."))] = None,
    member: Annotated[str | None, typer.Option("--member", help=t("E-mail or identifier."))] = None,
    organization: Org = None,
    as_json: Json = False,
) -> None:
    with connected() as client:
        place = organization_of(client, organization)
        made = client.organizations.set_quota(
            place,
            resource=resource,
            hard=hard,
            soft=soft,
            project=project,
            user=_member(client, place, member) if member else None,
        )
        print_one(made, _QUOTA, as_json=as_json)


@org.command(help=t("Shows what an organization used: by day, project or user."))
def usage(
    by: Annotated[str, typer.Option("--by", help=t("day, project or user."))] = "day",
    first_day: Day = None,
    last_day: Day = None,
    project: Annotated[str | None, typer.Option("--project", "-p", help=t("Slug or identifier."))] = None,
    organization: Org = None,
    as_json: Json = False,
) -> None:
    with connected() as client:
        found = client.organizations.usage(
            organization_of(client, organization),
            by=by,
            first_day=first_day.date() if first_day else None,
            last_day=last_day.date() if last_day else None,
            project=project,
        )
        columns = {t("of"): lambda row: row.day or row.project_id or row.user_id}
        columns |= {t("CPU seconds"): lambda row: row.cpu_seconds, t("GPU seconds"): lambda row: row.gpu_seconds}
        columns |= {t("requests"): lambda row: row.requests, t("tokens in"): lambda row: row.prompt_tokens}
        columns |= {t("tokens out"): lambda row: row.completion_tokens}
        print_list(found, columns, as_json=as_json)


@org.command(help=t("Shows what of each pool an organization held in the last hours."))
def utilization(
    hours: Annotated[float, typer.Option("--hours", min=0.01, max=9600, help=t("How far back."))] = 1,
    project: Annotated[str | None, typer.Option("--project", "-p", help=t("Slug or identifier."))] = None,
    organization: Org = None,
    as_json: Json = False,
) -> None:
    with connected() as client:
        since = datetime.now(UTC) - timedelta(hours=hours)
        found = client.organizations.utilization(organization_of(client, organization), since=since, project=project)
        if as_json:
            print_json(found)
            return
        rows = [
            [pool.pool, cell(when), cell(pool.cpu.own[at]), cell(pool.gpu.own[at]), cell(pool.gpu.capacity[at])]
            for pool in found
            for at, when in enumerate(pool.times)
        ]
        print_table([t("pool"), t("time"), "CPU", "GPU", t("GPUs there are")], rows)


@members.command("list", help=t("Lists the members of an organization."))
def list_members(organization: Org = None, as_json: Json = False) -> None:
    with connected() as client:
        columns = {"e-mail": lambda row: row.email, t("name"): lambda row: row.name, t("role"): lambda row: row.role}
        columns |= {"id": lambda row: row.user_id}
        print_list(client.organizations.members(organization_of(client, organization)), columns, as_json=as_json)


@members.command("set", help=t("Gives a member another role in the organization."))
def set_role(member: Member, role: Role, organization: Org = None, as_json: Json = False) -> None:
    with connected() as client:
        place = organization_of(client, organization)
        changed = client.organizations.set_role(place, _member(client, place, member), role)
        print_one(changed, {"e-mail": lambda row: row.email, t("role"): lambda row: row.role}, as_json=as_json)


@members.command("remove", help=t("Removes a member; their keys of the organization are revoked."))
def remove_member(member: Member, organization: Org = None) -> None:
    with connected() as client:
        place = organization_of(client, organization)
        client.organizations.remove_member(place, _member(client, place, member))
        say(t("It is removed."))


@invitations.command("list", help=t("Lists invitations and what became of them, newest first."))
def list_invitations(limit: Limit = 50, organization: Org = None, as_json: Json = False) -> None:
    with connected() as client:
        found = client.organizations.invitations(organization_of(client, organization), limit=limit)
        columns = {"e-mail": lambda row: row.email, t("role"): lambda row: row.role}
        columns |= {t("good until"): lambda row: row.expires_at, t("accepted"): lambda row: row.accepted_at}
        columns |= {t("revoked"): lambda row: row.revoked_at, "id": lambda row: row.id}
        print_list(found, columns, as_json=as_json)


@invitations.command("create", help=t("Invites somebody and prints the link, which is shown this once."))
def invite(
    email: Annotated[str, typer.Argument(metavar="E-MAIL")],
    role: Annotated[str, typer.Option("--role", help=t("owner, admin, member or viewer."))] = "member",
    days: Annotated[int, typer.Option("--days", min=1, max=30, help=t("Until it expires."))] = 7,
    organization: Org = None,
    as_json: Json = False,
) -> None:
    with connected() as client:
        made = client.organizations.invite(organization_of(client, organization), email=email, role=role, days=days)
        if as_json:
            print_json(made)
            return
        sys.stdout.write(f"{client.transport.url}/invitation#{made.token}\n")


@invitations.command("revoke", help=t("Takes an invitation back."))
def revoke_invitation(identifier: Annotated[str, typer.Argument(metavar="ID")], organization: Org = None) -> None:
    with connected() as client:
        client.organizations.revoke_invitation(organization_of(client, organization), identifier)
        say(t("It is revoked."))


@invitations.command("accept", help=t("Joins the organization that invited you; you sign in for it."))
def accept_invitation(
    token: Annotated[str, typer.Argument(metavar="TOKEN|LINK")],
    email: Email = None,
    code: Code = None,
    as_json: Json = False,
) -> None:
    with signed_in(email, code) as client:
        joined = client.organizations.accept_invitation(token.rpartition("#")[2])
        print_one(joined, _ORGANIZATION, as_json=as_json)


def _member(client: Client, organization: str, named: str) -> str:
    every = client.organizations.members(organization)
    return find(named, every, lambda row: (row.user_id, row.email), t("member"))
