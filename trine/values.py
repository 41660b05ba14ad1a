"""Parameters, tags and results of a run as this process knows them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any


class Values(Mapping[str, Any]):
    """A mapping that can be written to, and called with a mapping to write it. Nothing can be taken out again.

    Values of other processes that write to the run are not seen here.
    """

    def __init__(
        self, tell: Callable[[Callable[[], dict[str, Any]]], None], known: Mapping[str, Any] | None = None
    ) -> None:
        self._tell = tell
        self._known: dict[str, Any] = dict(known or {})

    def __call__(self, values: Mapping[str, Any] | None = None, /, **more: Any) -> None:
        self.update(values or {}, **more)

    def update(self, values: Mapping[str, Any] | Iterable[tuple[str, Any]] = (), /, **more: Any) -> None:
        """Never raises: what cannot be written is left out."""
        self._tell(lambda: self._changed({**dict(values), **more}))

    def _changed(self, values: dict[str, Any]) -> dict[str, Any]:
        self._known.update(values)
        return values

    def know(self, values: Mapping[str, Any]) -> None:
        """What the platform has already."""
        self._known.update(values)

    def setdefault(self, key: str, value: Any = None) -> Any:
        if key not in self._known:
            self[key] = value
        return self._known.get(key, value)

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __getitem__(self, key: str) -> Any:
        return self._known[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def __repr__(self) -> str:
        return repr(self._known)
