"""Lines of several processes on one terminal, each with its process's name in its colour."""

import sys
from types import TracebackType
from typing import Self, TextIO

import click

COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "red")


class Console:
    """Writes whole lines. A reader that goes away (`make run | head`) is noticed, not fatal."""

    def __init__(self, names: tuple[str, ...], stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._width = max(map(len, names), default=0)
        self._colours = {name: COLOURS[place % len(COLOURS)] for place, name in enumerate(names)}
        self._coloured = self._stream.isatty()
        self.gone = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to give back; a dashboard gives the screen back."""

    def refresh(self) -> None:
        """Between two looks at the programs. Lines are written as they come."""

    def say(self, text: str) -> None:
        """A word of the launcher's own, without a name before it."""
        for line in text.split("\n"):
            self._write(line)

    def line(self, name: str, text: str) -> None:
        label = f"{name.ljust(self._width)} |"
        if self._coloured:
            label = click.style(label, fg=self._colours.get(name))
        self._write(f"{label} {text}")

    def _write(self, line: str) -> None:
        if self.gone:
            return
        try:
            self._stream.write(f"{line}\n")
            self._stream.flush()
        except OSError:
            self.gone = True
