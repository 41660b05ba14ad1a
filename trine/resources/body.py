from collections.abc import Mapping
from typing import Any

from trine.specs.base import Spec


def spec_body(spec: Spec | Mapping[str, Any]) -> dict[str, Any]:
    """A spec as the body of a request, defaults included: they tag the alternatives of a union."""
    return spec.model_dump(mode="json") if isinstance(spec, Spec) else dict(spec)
