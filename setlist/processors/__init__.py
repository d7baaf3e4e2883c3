"""One file = one queue = one actor. A new one is listed here and in setlist/queue/names.py."""

from setlist.processors import artist_import, artist_search, cache_warm, trending_calc
from setlist.processors.running import Processor

PROCESSORS: tuple[Processor, ...] = (
    artist_import.artist_import,
    artist_search.artist_search,
    cache_warm.cache_warm,
    trending_calc.trending_calc,
)
