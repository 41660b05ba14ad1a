from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from trine import model_transfer
from trine.cli.language import t
from trine.cli.options import Json, Project, connected, group
from trine.cli.output import cell, print_json, print_table, say
from trine.errors import ValidationFailed
from trine.specs.registry import described
from trine.yaml_document import load

gate = group(t("What a version must be before an alias points at it."))

Named = Annotated[str, typer.Argument(metavar="NAME")]
Alias = Annotated[str, typer.Argument(metavar="ALIAS")]


@gate.command("list", help=t("Lists the rules that hold for the aliases of a model."))
def list_gates(name: Named, project: Project = None, as_json: Json = False) -> None:
    with connected(project) as client:
        found = client.models.gates(model_transfer.model_id(client, name))
        if as_json:
            print_json(list(found))
            return
        rows = [
            [each.alias, t("model") if each.model_id else t("project"), cell(described(rule))]
            for each in found
            for rule in each.rules
        ]
        print_table([t("alias"), t("of"), t("rule")], rows)


@gate.command("set", help=t("Sets the rules of an alias from a file: a list of rules, as YAML or JSON."))
def set_gate(
    name: Named,
    alias: Alias,
    rules: Annotated[Path, typer.Argument(metavar="RULES")],
    project: Project = None,
    as_json: Json = False,
) -> None:
    asked = _read(rules)
    with connected(project) as client:
        made = client.models.put_gate(model_transfer.model_id(client, name), alias, asked)
        if as_json:
            print_json(made)
        else:
            say(t("{alias} has {count} rules now.", alias=alias, count=len(made.rules)))


@gate.command(help=t("Takes the rules of an alias away."))
def remove(name: Named, alias: Alias, project: Project = None) -> None:
    with connected(project) as client:
        client.models.remove_gate(model_transfer.model_id(client, name), alias)
        say(t("{alias} has no rules of this model any more.", alias=alias))


@gate.command(help=t("Says whether a version passes, and moves nothing; exit 1 if it does not."))
def check(
    reference: Annotated[str, typer.Argument(metavar="NAME[@VERSION|@ALIAS]")],
    alias: Alias,
    project: Project = None,
    as_json: Json = False,
) -> None:
    with connected(project) as client:
        parent, version = model_transfer.find(client, reference)
        found = client.models.check_alias(parent.id, alias, version=version.version)
        if as_json:
            print_json(found)
        else:
            rows = [[t("yes") if each.passed else t("no"), each.message] for each in found.outcomes]
            print_table([t("passes"), t("why")], rows)
        if not found.passed:
            raise typer.Exit(1)


def _read(file: Path) -> list[dict[str, Any]]:
    """What a rule may say, the platform checks."""
    try:
        found = load(file.read_text())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValidationFailed(f"{file} is not YAML: {error}", code="invalid") from error
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise ValidationFailed(f"{file} must hold a list of rules", code="invalid")
    return found
