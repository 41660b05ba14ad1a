from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app.experiments.schemas import Sha256


class MediaKind(StrEnum):
    IMAGE = "image"
    TABLE = "table"
    TEXT = "text"


TYPES = {
    MediaKind.IMAGE: {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp"},
    MediaKind.TABLE: {"application/json": ".json"},
    MediaKind.TEXT: {"text/plain": ".txt"},
}
"""Media types of each kind, and how the names of their files end. All of them can be shown without running anything."""

MediaKey = Annotated[str, StringConstraints(min_length=1, max_length=250, pattern=r"^[^\x00-\x1f\x7f]+$")]


class MediaCreate(BaseModel):
    """The content was sent to `…/blobs/{sha256}` before."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    key: MediaKey
    kind: MediaKind
    step: Annotated[int, Field(ge=0, lt=2**53, strict=True)]
    attempt: Annotated[int, Field(ge=1, lt=2**31, strict=True)] = 1
    time: Annotated[float, Field(ge=0, lt=253_402_300_800)]
    """Seconds since 1970 (UTC); before the year 10000."""
    media_type: str
    sha256: Sha256
    size: Annotated[int, Field(ge=0, strict=True)]
    attributes: Annotated[dict[str, Any], Field(max_length=50)] = {}
    """A caption, the width and height of an image, the numbers of rows and columns of a table."""

    @model_validator(mode="after")
    def _type_of_its_kind(self) -> Self:
        known = TYPES[self.kind]
        if self.media_type not in known:
            raise ValueError(f"the media type of a {self.kind} is one of {', '.join(known)}, not {self.media_type!r}")
        return self


class MediaRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    run_id: UUID
    key: str
    kind: MediaKind
    step: int
    attempt: int
    time: datetime
    media_type: str
    sha256: str
    size: int
    attributes: dict[str, Any]
    created_at: datetime


class MediaKeyRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    key: str
    kind: MediaKind
    count: int
    first_step: int
    last_step: int
