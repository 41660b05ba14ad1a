from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field


class TextPreview(BaseModel):
    kind: Literal["text"]
    text: str
    """Its beginning."""
    truncated: bool


class CardPreview(BaseModel):
    """A model card."""

    kind: Literal["card"]
    text: str
    """Markdown, as it was written: it is not HTML, and must not be shown as such."""
    metadata: dict[str, Any]
    """The YAML before it."""
    truncated: bool


class PreviewColumn(BaseModel):
    name: str
    type: str
    """As Apache Arrow calls it."""


class TablePreview(BaseModel):
    kind: Literal["table"]
    columns: list[PreviewColumn]
    rows: list[list[Any]]
    """The first; long values are cut."""
    total: int | None
    """Rows there are, where it is known."""
    truncated: bool


class ImagePreview(BaseModel):
    kind: Literal["image"]
    format: str
    width: int
    height: int
    """Pixels."""
    frames: int
    thumbnail: str | None
    """A PNG as `data:`; None of an image that is too large to be decoded."""


class AudioPreview(BaseModel):
    """A player reads the file itself, in ranges."""

    kind: Literal["audio"]
    seconds: float | None
    rate: int | None
    """Samples a second."""
    channels: int | None


class VideoPreview(BaseModel):
    """As `AudioPreview`."""

    kind: Literal["video"]


class NoPreview(BaseModel):
    kind: Literal["none"]
    reason: str


PreviewRead = Annotated[
    TextPreview | CardPreview | TablePreview | ImagePreview | AudioPreview | VideoPreview | NoPreview,
    Field(discriminator="kind"),
]
