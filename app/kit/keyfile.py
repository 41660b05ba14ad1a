"""The keys of one secret: a line each, the current one first. What older ones made is still accepted."""

from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

Keys = tuple[bytes, ...]
"""The current key first; never empty."""


def parse(text: str) -> Keys:
    return tuple(line.strip().encode() for line in text.splitlines() if line.strip())


class KeyFile:
    """Read again whenever the file has changed, so that a rotation needs no restart.

    It is looked at on every use: that costs microseconds, and leaves no moment in which one replica writes under a key
    that another one does not know yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._keys: Keys = ()

    @property
    def keys(self) -> Keys:
        """Raises `RuntimeError` for a file that was never readable; one that goes away leaves what was known."""
        try:
            found = self._path.stat()
            seen = (found.st_ino, found.st_mtime_ns, found.st_size)
            if seen == self._seen:
                return self._keys
            keys = parse(self._path.read_text())
        except OSError as error:
            return self._as_before(error.strerror or type(error).__name__)
        if not keys:
            return self._as_before("it is empty")
        if self._keys and keys != self._keys:
            log.info("keys.changed", file=self._path.name, accepted=len(keys))
        self._seen, self._keys = seen, keys
        return keys

    def _as_before(self, why: str) -> Keys:
        if not self._keys:
            raise RuntimeError(
                f"secret {self._path.name!r} cannot be read from {self._path}: {why}; run `trine up`, or provide it"
            )
        if self._seen is not None:
            log.warning("keys.unreadable", file=self._path.name, reason=why)
            self._seen = None
        return self._keys
