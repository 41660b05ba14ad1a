"""Specs that a person wrote, and errors that name the field and what is allowed there."""

import types
import typing
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from trine import yaml_document
from trine.failures import SpecError

T = TypeVar("T")


def read_spec(file: Path, adapter: TypeAdapter[T]) -> T:
    """Raises SpecError: one line."""
    try:
        content = yaml_document.load(file.read_text())
    except OSError as error:
        raise SpecError(f"{file}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SpecError(f"{file}: not YAML: {' '.join(str(error).split())}") from error
    return check_spec(content, adapter, str(file))


def check_spec(content: object, adapter: TypeAdapter[T], source: str) -> T:
    try:
        return adapter.validate_python(content)
    except ValidationError as error:
        raise SpecError(f"{source}: {'; '.join(_say(each, adapter) for each in error.errors())}") from error


def _say(error: Any, adapter: TypeAdapter[Any]) -> str:
    location = tuple(error["loc"])
    context = error.get("ctx", {})
    if error["type"] == "union_tag_invalid":
        field = _dotted((*location, context["discriminator"].strip("'")), adapter)
        return f"{field}: {context['tag']!r} is unknown; allowed: {context['expected_tags']}"
    if error["type"] == "union_tag_not_found":
        return f"{_dotted((*location, context['discriminator'].strip(chr(39))), adapter)}: missing"
    if error["type"] == "extra_forbidden":
        owner = _at(location[:-1], adapter)
        known = ", ".join(sorted(owner.model_fields)) if owner else "?"
        return f"{_dotted(location, adapter)}: unknown field; allowed: {known}"
    message = error["msg"].removeprefix("Value error, ")
    given = "" if error["type"] in ("missing", "value_error") else f", not {error['input']!r}"
    return f"{_dotted(location, adapter) or 'spec'}: {message}{given}"


def _dotted(location: tuple[Any, ...], adapter: TypeAdapter[Any]) -> str:
    # The tag of a union stands in the location, but not in the file.
    parts = [str(part) for index, part in enumerate(location) if not _is_tag(location[: index + 1], adapter)]
    return ".".join(parts)


def _is_tag(location: tuple[Any, ...], adapter: TypeAdapter[Any]) -> bool:
    return any(location[-1] in _tags(kind) for kind in _kinds(location[:-1], adapter, keep_unions=True))


def _at(location: tuple[Any, ...], adapter: TypeAdapter[Any]) -> type[BaseModel] | None:
    found = [kind for kind in _kinds(location, adapter) if _is_model(kind)]
    return found[0] if found else None


def _kinds(location: tuple[Any, ...], adapter: TypeAdapter[Any], keep_unions: bool = False) -> list[Any]:
    kinds: list[Any] = [adapter._type]
    for part in location:
        kinds = [after for kind in kinds for after in _step(kind, part)]
    return kinds if keep_unions else [member for kind in kinds for member in _members(kind)]


def _step(kind: Any, part: Any) -> list[Any]:
    if part in _tags(kind):
        return [member for member in _members(kind) if _is_model(member) and part in _literals(member)]
    found = []
    for member in _members(kind):
        if _is_model(member) and part in member.model_fields:
            found.append(member.model_fields[part].rebuild_annotation())
        elif typing.get_origin(member) in (dict, tuple, list):
            found.append(typing.get_args(member)[-1])
    return found


def _members(kind: Any) -> list[Any]:
    if typing.get_origin(kind) is typing.Annotated:
        return _members(typing.get_args(kind)[0])
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return [member for part in typing.get_args(kind) for member in _members(part)]
    return [kind]


def _tags(kind: Any) -> set[Any]:
    members = _members(kind)
    return {tag for member in members if _is_model(member) for tag in _literals(member)} if len(members) > 1 else set()


def _literals(model: type[BaseModel]) -> tuple[Any, ...]:
    for name in ("recipe", "source", "kind"):
        if name in model.model_fields:
            return typing.get_args(model.model_fields[name].annotation)
    return ()


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
