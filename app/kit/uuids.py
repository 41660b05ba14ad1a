"""Names that may be keys."""

from uuid import UUID


def as_uuid(text: str) -> UUID | None:
    """None for what is no UUID."""
    try:
        return UUID(text)
    except ValueError:
        return None
