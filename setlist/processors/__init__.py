"""One file = one queue = one actor. A new one is listed here and in setlist/queue/names.py."""

from setlist.processors import trending_calc
from setlist.processors.running import Processor

PROCESSORS: tuple[Processor, ...] = (trending_calc.trending_calc,)
