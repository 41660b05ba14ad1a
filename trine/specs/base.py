"""Base of every value that crosses a process border."""

from typing import Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema

_NUMBERS = {"int", "float", "bool"}
_NO_SCHEMA = {"keys_schema", "default", "metadata", "serialization"}
"""Parts of a schema that hold none for a value; the keys of a JSON object are texts, whatever they mean."""


def _make_strict(schema: Any) -> None:
    if isinstance(schema, dict):
        # Among the fields of a model, which are a dict too, one may be called `type`.
        if isinstance(kind := schema.get("type"), str) and kind in _NUMBERS:
            schema.setdefault("strict", True)
        for name, part in schema.items():
            if name not in _NO_SCHEMA:
                _make_strict(part)
    elif isinstance(schema, list | tuple):
        for part in schema:
            _make_strict(part)


class Spec(BaseModel):
    """Immutable; an unknown field is an error, because a misspelt knob must never be ignored.

    Numbers and booleans are those of JSON: `true` is not 1, and "3" is not 3. A field can be more lenient (`strict`).
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[BaseModel], handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        _make_strict(schema)
        return schema
