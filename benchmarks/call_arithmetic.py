"""The least calls that an artist can cost, from the providers' largest pages and batches alone.

Each listing costs a call even where nothing is in it, since that has to be asked too; of setlists a first
import reads the newest pages. Not counted: Spotify's
token (once an hour for all), a Ticketmaster act that no shared id proves, and what an answer leaves out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from config import SpotifyMode
from setlist.pipeline.setlists import FIRST_PAGES
from setlist.providers import musicbrainz, spotify, spotify_token, ticketmaster

SETLISTS_A_PAGE = 20  # setlist.fm's, whatever is asked for
EMBEDDED_TRACKS = 50  # that come with an album


@dataclass(frozen=True, kw_only=True, slots=True)
class Extent:
    """How much of an artist there is at each provider."""

    recordings: int
    dated: int
    tba: int
    tbd: int
    setlists: int
    albums: Sequence[int]  # the tracks on each


def least_calls(extent: Extent, mode: SpotifyMode) -> dict[str, int]:
    """By provider, for an artist that all four have: with who it is, its act and its picture."""
    events = (extent.dated, extent.tba, extent.tbd)
    return {
        musicbrainz.NAME: 1 + pages(extent.recordings, musicbrainz.PAGE_SIZE),
        ticketmaster.NAME: 1 + sum(pages(number, ticketmaster.PAGE_SIZE) for number in events),
        "setlistfm": min(FIRST_PAGES, pages(extent.setlists, SETLISTS_A_PAGE)),
        spotify.NAME: 1 + pages(len(extent.albums), spotify_token.PAGE_SIZES[mode]) + shelves(extent, mode),
    }


def shelves(extent: Extent, mode: SpotifyMode) -> int:
    """For the tracks on all albums."""
    albums_a_call = spotify.MOST_ALBUMS if mode is SpotifyMode.EXTENDED else 1
    further = sum(
        ceil(max(0, tracks - EMBEDDED_TRACKS) / spotify.TRACKS_PAGE_SIZE) for tracks in extent.albums
    )
    return ceil(len(extent.albums) / albums_a_call) + further


def pages(entries: int, size: int) -> int:
    return max(1, ceil(entries / size))
