"""YAML as people write it: `1e-3` is a number, as in YAML 1.2 and JSON; PyYAML alone takes it for a text."""

import re
from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """Safe: it makes no objects."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)[eE][-+]?[0-9]+$"), list("-+.0123456789")
)


def load(text: str) -> Any:
    """Raises yaml.YAMLError."""
    return yaml.load(text, _Loader)  # noqa: S506 - a safe loader
