"""Progress: a live line for each step on a terminal, plain lines with the seconds elsewhere."""

import sys
import time
from types import TracebackType
from typing import Self

import rich.console
import rich.live
import rich.spinner
import rich.table
import rich.text


class Progress:
    """Steps may overlap, and may be told of from several threads."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.console = rich.console.Console(highlight=False)
        self.steps: dict[str, str] = {}
        self.live = (
            rich.live.Live(console=self.console, refresh_per_second=8, transient=True) if sys.stdout.isatty() else None
        )

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def __enter__(self) -> Self:
        if self.live is not None:
            self.live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.live is not None:
            self.live.stop()

    def begin(self, step: str, text: str) -> None:
        """A step starts, or says something new about itself."""
        if self.steps.get(step) == text:
            return
        self.steps[step] = text
        if self.live is None:
            self.line("…", text)
        else:
            self.draw()

    def done(self, step: str, text: str) -> None:
        self.steps.pop(step, None)
        self.line("✓", text)
        self.draw()

    def line(self, sign: str, text: str) -> None:
        colour = {"✓": "green", "!": "yellow"}.get(sign, "dim")
        line = rich.text.Text.assemble((f"{sign} ", colour), (f"{self.seconds:5.1f} s  ", "dim"), text)
        self.console.print(line, soft_wrap=True)

    def draw(self) -> None:
        if self.live is None:
            return
        table = rich.table.Table.grid()
        for text in list(self.steps.values()):
            table.add_row(rich.spinner.Spinner("dots", text=rich.text.Text(text)))
        self.live.update(table)
