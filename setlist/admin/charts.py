"""Minutes as bars of an SVG chart, which has attributes only: the pages allow no inline style."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from setlist.models.queue import QueueMinute
from setlist.queue.minutes import MINUTE

TALL = 40  # of a chart, in its own units: a bar is 4 wide


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """What was done and what failed from `at` on. Heights are in the chart's units."""

    at: datetime
    done: int
    failed: int
    waiting: int
    done_tall: float
    failed_tall: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """`most`: what the tallest bar stands for."""

    bars: Sequence[Bar]
    most: int
    minutes: int  # of a bar

    @property
    def done(self) -> int:
        return sum(bar.done for bar in self.bars)

    @property
    def failed(self) -> int:
        return sum(bar.failed for bar in self.bars)


def chart(rows: Iterable[QueueMinute], *, until: datetime, bars: int, minutes: int = 1) -> Chart:
    """The last bars before `until`, each of so many minutes; a minute without a row was one without work."""
    first = until - bars * minutes * MINUTE
    done, failed, waiting = [0] * bars, [0] * bars, [0] * bars
    for row in rows:
        place = (row.minute - first) // (minutes * MINUTE)
        if 0 <= place < bars:
            done[place] += row.done
            failed[place] += row.failed + row.lost
            waiting[place] = max(waiting[place], row.waiting)
    most = max(map(sum, zip(done, failed, strict=True)), default=0)
    scale = TALL / max(most, 1)
    return Chart(
        bars=[
            Bar(
                at=first + place * minutes * MINUTE,
                done=done[place],
                failed=failed[place],
                waiting=waiting[place],
                done_tall=round(done[place] * scale, 2),
                failed_tall=round(failed[place] * scale, 2),
            )
            for place in range(bars)
        ],
        most=most,
        minutes=minutes,
    )
