"""Reads an iterator ahead of who needs it."""

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar, cast

T = TypeVar("T")

_END = object()


class Ahead(Generic[T]):
    """Starts to read at once, in a thread that ends with the process; holds `depth` values. Errors are re-raised."""

    def __init__(self, values: Iterable[T], depth: int = 1) -> None:
        self._queue: queue.Queue[object] = queue.Queue(depth)
        self._error: BaseException | None = None
        threading.Thread(target=self._read, args=(values,), daemon=True, name="ahead").start()

    def __iter__(self) -> Iterator[T]:
        while (value := self._queue.get()) is not _END:
            yield cast(T, value)
        if self._error is not None:
            raise self._error

    def _read(self, values: Iterable[T]) -> None:
        try:
            for value in values:
                self._queue.put(value)
        except BaseException as error:  # noqa: BLE001 — whatever it was, the reader must hear of it
            self._error = error
        self._queue.put(_END)
