"""The dashboard of `setlist workers`, on a terminal: what the tables tell, and the programs' latest lines."""

import time
from collections import deque
from types import TracebackType
from typing import Self

from rich.console import Console as Terminal
from rich.console import Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.text import Text

from setlist.cli.board_tables import processes, queues, running, sources
from setlist.cli.console import Console
from setlist.cli.lookout import Lookout

MOST_LINES = 200
EVERY_SECONDS = 0.5
HEAD_LINES = 2


class Board(Console):
    """Drawn anew twice a second, on the terminal's other screen: what stood there before comes back."""

    def __init__(self, lookout: Lookout) -> None:
        super().__init__(())
        self._lookout = lookout
        self._terminal = Terminal()
        self._live = Live(console=self._terminal, screen=True, auto_refresh=False)
        self._lines: deque[str] = deque(maxlen=MOST_LINES)
        self._drawn_at = 0.0
        self._state = ""

    def __enter__(self) -> Self:
        self._lookout.start()
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lookout.stop()
        self._live.stop()
        for line in list(self._lines)[-HEAD_LINES:]:
            self._terminal.print(line, markup=False, highlight=False)

    def say(self, text: str) -> None:
        self._state = text.strip()
        self._lines.append(self._state)
        self._draw()

    def line(self, name: str, text: str) -> None:
        self._lines.append(f"{name} | {text}")

    def refresh(self) -> None:
        if time.monotonic() - self._drawn_at >= EVERY_SECONDS:
            self._draw()

    def _draw(self) -> None:
        self._drawn_at = time.monotonic()
        self._live.update(self.picture(self._terminal.height), refresh=True)

    def picture(self, height: int) -> RenderableType:
        """As much as `height` lines hold: the programs' lines get what the tables leave."""
        sight = self._lookout.seen
        parts: list[RenderableType] = [self._head()]
        if sight is not None:
            tables = (queues(sight, self._terminal.width), running(sight), processes(sight), sources(sight))
            parts += [part for table in tables for part in (Text(), table)]
        drawn = sum(len(self._terminal.render_lines(part)) for part in parts)
        room = height - drawn - 2
        if room > 0:
            tail = Text("\n".join(list(self._lines)[-room:]), no_wrap=True, overflow="ellipsis")
            parts.append(Panel(tail, title="lines", title_align="left", border_style="dim", height=room + 2))
        return Group(*parts)

    def _head(self) -> Text:
        sight, trouble = self._lookout.seen, self._lookout.trouble
        head = Text("Setlist workers", style="bold")
        if sight is not None:
            head.append(f"  {sight.at:%H:%M:%S} UTC", style="dim")
        if trouble:
            head.append(f"  the tables cannot be read: {trouble}", style="bold red")
        elif sight is None:
            head.append("  reading the tables …", style="dim")
        head.append(f"  {self._state}" if self._state else "  Ctrl-C drains and stops", style="yellow")
        return head
