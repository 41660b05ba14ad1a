"""Base of every value that crosses a process border."""

from pydantic import BaseModel, ConfigDict


class Spec(BaseModel):
    """Immutable; an unknown field is an error, because a misspelt knob must never be ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
