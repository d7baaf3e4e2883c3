"""All listings that an import will read whole, fetched at once: it takes the slowest provider's time."""

from setlist.pipeline.catalogue import SPOTIFY, albums_fetch, page_cursor, recordings_fetch
from setlist.pipeline.identity import ids_of
from setlist.pipeline.postponed import Part
from setlist.pipeline.run import ImportRun
from setlist.pipeline.setlists import setlists_fetch
from setlist.pipeline.shows import shows_fetch
from setlist.providers.sources import NAMES
from setlist.services.freshness import Listing


def open_streams(run: ImportRun) -> None:
    """Those of the phases to come, each from its checkpoint. Asked again, it does nothing.

    Where a look at the head of a listing may spare the rest, that look comes first, and no stream.
    """
    run.has_asked = True
    phases = run.remaining_phases()
    if "shows" in phases and (fetch := shows_fetch(run)) is not None:
        run.streams.open(Part.SHOWS, fetch, _cursor(run, "shows"))
    if "setlists" in phases and (fetch_setlists := setlists_fetch(run)) is not None:
        run.streams.open(Part.SETLISTS, fetch_setlists, _cursor(run, "setlists"))
    if "catalogue" in phases:
        _open_catalogue(run)


def _open_catalogue(run: ImportRun) -> None:
    in_catalogue = run.sync.checkpoint.get("phase") == "catalogue"
    at_spotify = in_catalogue and (run.cursor or "").startswith(f"{SPOTIFY}|")
    if _is_new(run, Listing.RECORDINGS) and not at_spotify:
        cursor = page_cursor(run, NAMES[0]) if in_catalogue else None
        run.streams.open(Part.RECORDINGS, recordings_fetch(run), cursor)
    client, ids = run.sources.spotify, ids_of(run.session, SPOTIFY, "artist", run.artist_id)
    if client is not None and ids and _is_new(run, Listing.ALBUMS):
        cursor = page_cursor(run, SPOTIFY) if at_spotify else None
        run.streams.open(Part.ALBUMS, albums_fetch(client, ids[0]), cursor)


def _is_new(run: ImportRun, listing: Listing) -> bool:
    return listing in run.due and listing not in run.marks


def _cursor(run: ImportRun, phase: str) -> str | None:
    return run.cursor if run.sync.checkpoint.get("phase") == phase else None
