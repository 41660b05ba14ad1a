"""Which documents are trained on and which are held out."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

Side = Literal["train", "held_out", "unused"]


@dataclass(frozen=True)
class Split:
    """Decided by a document's content alone, so that copies of one document are never on both sides."""

    validation_fraction: float
    data_fraction: float = 1.0
    seed: int = 0

    def side(self, text: str) -> Side:
        content = text.encode("utf-8", "surrogatepass")
        if _uniform(content, b"held-out") < self.validation_fraction:
            return "held_out"
        if self.data_fraction < 1 and _uniform(content, b"part-%d" % self.seed) >= self.data_fraction:
            return "unused"
        return "train"


def _uniform(content: bytes, person: bytes) -> float:
    """A number in [0, 1) that the content and the purpose determine."""
    digest = blake2b(content, digest_size=8, person=person[:16]).digest()
    return int.from_bytes(digest, "big") / 2**64
