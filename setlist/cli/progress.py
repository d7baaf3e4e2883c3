"""How far a job is, for somebody at a terminal: a bar that moves, or lines where nothing can move."""

import shutil
import sys
from dataclasses import dataclass
from typing import Protocol, TextIO

from setlist.pages.story import Story

CELLS = 24
DONE, AHEAD = "█", "░"
PLAIN_DONE, PLAIN_AHEAD = "#", "."  # where the terminal's letters are few
BETWEEN = " · "


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """What there is to tell at one look. `percent` is None where nobody counts."""

    headline: str
    percent: float | None = None
    steps: tuple[str, ...] = ()  # done, and the one that is under way last
    done: tuple[str, ...] = ()
    note: str = ""


class Teller(Protocol):
    def tell(self, moment: Moment) -> None: ...

    def say(self, sentence: str) -> None: ...

    def close(self) -> None: ...


def moment_of(story: Story, *, note: str = "") -> Moment:
    begun = tuple(step.words for step in story.steps if step.state != "ahead")
    done = tuple(step.words for step in story.steps if step.state == "done")
    return Moment(
        headline=story.headline,
        percent=story.sync.percent,
        steps=begun,
        done=done,
        note=note or story.trouble or story.left,
    )


def teller_for(stream: TextIO | None = None) -> Teller:
    """On standard error: what a command answers with is on standard output."""
    stream = stream or sys.stderr
    return Bar(stream) if stream.isatty() else Lines(stream)


class Bar:
    """One line, drawn anew at each look."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._drawn = ""
        can_draw = _can_write(stream, DONE + AHEAD + BETWEEN)
        self._cells = (DONE, AHEAD) if can_draw else (PLAIN_DONE, PLAIN_AHEAD)
        self._between = BETWEEN if can_draw else " - "

    def tell(self, moment: Moment) -> None:
        width = shutil.get_terminal_size().columns - 1
        line = self._line(moment)[:width]
        if line != self._drawn:
            self._write(f"\r\x1b[K{line}")
            self._drawn = line

    def say(self, sentence: str) -> None:
        self.close()
        self._write(f"{sentence}\n")

    def close(self) -> None:
        """What follows begins on a line of its own."""
        if self._drawn:
            self._write("\n")
            self._drawn = ""

    def _line(self, moment: Moment) -> str:
        if moment.percent is None:
            return self._between.join(filter(None, (moment.headline, moment.note)))
        full = round(CELLS * moment.percent / 100)
        bar = self._cells[0] * full + self._cells[1] * (CELLS - full)
        words = self._between.join(filter(None, (*moment.steps, moment.note)))
        return f"{bar} {moment.percent:3.0f} %  {words}"

    def _write(self, text: str) -> None:
        encoding = self._stream.encoding or "ascii"
        self._stream.write(text.encode(encoding, "replace").decode(encoding))
        self._stream.flush()


class Lines:
    """A line whenever a phase is done or what it waits for changes: for logs and pipes."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._told: list[str] = []
        self._headline = self._note = ""

    def tell(self, moment: Moment) -> None:
        if moment.headline != self._headline:
            self._headline = moment.headline
            self.say(moment.headline)
        for step in moment.done[len(self._told) :]:
            self._told.append(step)
            self.say(f"  {step}")
        is_wait = moment.note.endswith(".")  # a sentence; how long it takes changes at each look
        if is_wait and moment.note != self._note:
            self.say(f"  {moment.note}")
        self._note = moment.note if is_wait else self._note

    def say(self, sentence: str) -> None:
        encoding = self._stream.encoding or "ascii"
        self._stream.write(sentence.encode(encoding, "replace").decode(encoding) + "\n")
        self._stream.flush()

    def close(self) -> None:
        """The next job begins at its first phase."""
        self._told = []


def _can_write(stream: TextIO, letters: str) -> bool:
    try:
        letters.encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
