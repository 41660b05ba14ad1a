"""Licences are SPDX expressions: `MIT`, `Apache-2.0 OR MIT`, and `LicenseRef-…` for what SPDX does not list."""

from typing import Annotated

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from pydantic import AfterValidator, Field

from app.errors import Invalid


def canonical(expression: str, *, field: str = "licence") -> str:
    """In SPDX's own spelling (`apache-2.0` → `Apache-2.0`); raises `Invalid`."""
    try:
        return _canonical(expression)
    except ValueError as error:
        raise Invalid(str(error), field=field) from error


def _canonical(expression: str) -> str:
    try:
        return str(canonicalize_license_expression(expression))
    except InvalidLicenseExpression as error:
        raise ValueError(
            f"{expression!r} is no SPDX licence expression: write one of https://spdx.org/licenses, such as Apache-2.0 "
            "or MIT, or LicenseRef-NAME for a licence that is not listed there"
        ) from error


Licence = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_canonical)]
