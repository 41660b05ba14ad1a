"""Options that many commands share, and how they get at the platform."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Annotated, Protocol, TypeVar
from uuid import UUID

import typer

from trine.cli.language import t
from trine.client import Client
from trine.errors import NotFound, TrineError

Json = Annotated[bool, typer.Option("--json", help=t("Print JSON on stdout."))]
Project = Annotated[
    str | None, typer.Option("--project", "-p", help=t("Slug or identifier of the project; default: yours."))
]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help=t("Most rows to print."))]
Follow = Annotated[
    bool,
    typer.Option(
        "--follow", "-f", help=t("Print its status, metrics and log until it ends; exit 1 unless it succeeds.")
    ),
]
Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help=t("Change a field, e.g. optimizer.beta1=0.8."))
]
SpecFile = Annotated[str, typer.Argument(metavar="SPEC", help=t("YAML or JSON file, or - for stdin."))]
Filter = Annotated[
    str, typer.Option("--filter", metavar="FILTER", help=t("Such as: metrics.loss < 0.3 and params.lr = 1e-3"))
]
Sort = Annotated[str, typer.Option("--sort", metavar="COLUMNS", help=t("Such as: min(metrics.loss), created_at desc"))]
Org = Annotated[str | None, typer.Option("--org", help=t("Organization; default: your first."))]
QuotaResource = Annotated[
    str,
    typer.Argument(
        metavar="RESOURCE",
        help=t("gpu, cpu, memory, workloads, storage, tokens_per_day or tokens_per_month."),
    ),
]
Hard = Annotated[float | None, typer.Option("--hard", min=0, help=t("No more than this."))]
Soft = Annotated[float | None, typer.Option("--soft", min=0, help=t("Above it there is a warning."))]
Reference = Annotated[str, typer.Argument(metavar="ID|NAME", help=t("Identifier, or name: the newest of that name."))]


class Named(Protocol):
    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)
F = TypeVar("F")


def group(help_text: str) -> typer.Typer:
    return typer.Typer(help=help_text, no_args_is_help=True, pretty_exceptions_enable=False)


@contextmanager
def connected(project: str | None = None) -> Iterator[Client]:
    with Client(project=project) as client:
        yield client


def organization_of(client: Client, named: str | None) -> str:
    """Slug or identifier. Raises `TrineError` for who is in none."""
    if named:
        return named
    for first in client.account.me().organizations:
        return first.slug
    raise TrineError(t("You are in no organization."), code="no_organization", advice=t("Ask an owner to invite you."))


def find(named: str, every: Iterable[F], called: Callable[[F], Sequence[object]], what: str) -> str:
    """The identifier that a person meant: one, for which nothing is read, or that of the first of `every` that is
    `called` so, in capitals or not; its identifier is told first, then its names. Raises `NotFound`."""
    with suppress(ValueError):
        return str(UUID(named))
    for each in every:
        identifier, *names = called(each)
        if named.lower() in {str(name).lower() for name in names if name}:
            return str(identifier)
    raise NotFound(t("There is no {what} {name!r}.", what=what, name=named))


def identify(reference: str, candidates: Iterable[N], what: str) -> str:
    """The identifier that a person meant. Raises `NotFound`."""
    try:
        return str(UUID(reference))
    except ValueError:
        pass
    for each in candidates:
        if each.name == reference:
            return str(each.id)
    raise NotFound(
        t("There is no {what} named {name!r} in this project.", what=t(what), name=reference),
        code="not_found",
        advice=t("Look at the list, or name another project with --project."),
    )
