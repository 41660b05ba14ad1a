"""A spec from a file, checked here as the platform will check it, so that a typo is answered at once."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import yaml
from pydantic import ValidationError

from trine import yaml_document
from trine.cli.language import t
from trine.errors import FieldError, ValidationFailed

T_co = TypeVar("T_co", covariant=True)


class Validator(Protocol[T_co]):
    def __call__(self, value: Any, /) -> T_co: ...


def load(path: str, validate: Validator[T_co], changes: Sequence[str] = ()) -> T_co:
    """Raises `ValidationFailed` that names the file and each wrong field."""
    document = _document(path)
    for change in changes:
        _apply(document, change)
    try:
        return validate(document)
    except ValidationError as error:
        fields = [_field(each) for each in error.errors()]
        raise ValidationFailed(t("{path} is not a valid spec.", path=path), fields=fields, code="invalid") from error


def _document(path: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
        document = yaml_document.load(text)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ValidationFailed(
            t("{path} cannot be read: {reason}.", path=path, reason=reason), code="unreadable"
        ) from error
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise ValidationFailed(t("{path} is not YAML: {reason}.", path=path, reason=reason), code="not_yaml") from error
    if not isinstance(document, dict):
        raise ValidationFailed(t("{path} must hold a mapping of fields.", path=path), code="not_a_mapping")
    return document


def _apply(document: dict[str, Any], change: str) -> None:
    place, equals, value = change.partition("=")
    if not equals or not place:
        raise ValidationFailed(t("--set takes PATH=VALUE, not {change!r}.", change=change), code="bad_set")
    *parents, last = place.split(".")
    fields = document
    for parent in parents:
        fields = fields.setdefault(parent, {})
        if not isinstance(fields, dict):
            raise ValidationFailed(t("--set {change}: {parent!r} has no fields.", change=change, parent=parent))
    try:
        fields[last] = yaml_document.load(value)
    except yaml.YAMLError as error:
        raise ValidationFailed(t("--set {change}: the value is not YAML.", change=change)) from error


def _field(error: Any) -> FieldError:
    place = [str(part) for part in error["loc"]]
    message = str(error["msg"]).removeprefix("Value error, ")
    context = error.get("ctx") or {}
    if error["type"] == "union_tag_invalid":
        place.append(str(context["discriminator"]).strip("'"))
        message = t("{tag!r} is not known; allowed: {allowed}", tag=context["tag"], allowed=context["expected_tags"])
    elif error["type"] == "union_tag_not_found":
        place.append(str(context["discriminator"]).strip("'"))
        message = t("it is missing")
    elif error["type"] == "extra_forbidden":
        message = t("there is no such field")
    elif error["type"] == "missing":
        message = t("it is missing")
    return FieldError(".".join(place), message)
