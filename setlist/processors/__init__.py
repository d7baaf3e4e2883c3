"""One file = one queue = one actor. A new one is listed here and in setlist/queue/names.py."""

from setlist.processors import (
    artist_import,
    artist_search,
    cache_warm,
    catalogue_sync,
    cleanup,
    mail_send,
    scheduled_sync,
    setlist_sync,
    spotify_sync,
    ticketmaster_sync,
    trending_calc,
    venue_sync,
)
from setlist.processors.running import Processor

PROCESSORS: tuple[Processor, ...] = (
    artist_import.artist_import,
    artist_search.artist_search,
    cache_warm.cache_warm,
    catalogue_sync.catalogue_sync,
    cleanup.cleanup,
    mail_send.mail_send,
    scheduled_sync.scheduled_sync,
    setlist_sync.setlist_sync,
    spotify_sync.spotify_sync,
    ticketmaster_sync.ticketmaster_sync,
    trending_calc.trending_calc,
    venue_sync.venue_sync,
)
