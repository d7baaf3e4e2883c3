"""Phase 1: who the artist is, and under which ids the other providers know the same one."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from setlist.domain.titles import fold
from setlist.models import Artist
from setlist.models.identity import Matched
from setlist.pipeline.identity import Ties, ids_of, known, tie
from setlist.pipeline.postponed import Part
from setlist.pipeline.run import ImportRun
from setlist.providers.answers import ArtistRecord, Attraction
from setlist.providers.errors import NotFound
from setlist.services.freshness import Listing

SPOTIFY, TICKETMASTER = "spotify", "ticketmaster"
MERGES_LOOKED_UP = 2  # a call each
NAMESAKES = 25


def identify_artist(run: ImportRun) -> Iterator[float]:
    """MusicBrainz is asked first; its id is setlist.fm's, its links name Spotify's and Ticketmaster's."""
    if Listing.IDENTITY in run.due:
        _describe(run, run.sources.musicbrainz.artist(run.mbid))
        run.read_whole(Listing.IDENTITY)
        yield 0.4
    yield from run.can_wait(Part.ATTRACTION, find_attraction(run))
    yield 0.8
    yield from run.can_wait(Part.PICTURE, find_picture(run))


def find_attraction(run: ImportRun) -> Iterator[float]:
    """Which act at Ticketmaster it is, and its picture."""
    if run.sources.ticketmaster is None or Listing.ATTRACTION not in run.due:
        return
    record, artist = _known(run), run.sync.artist
    hits = run.sources.ticketmaster.attractions(record.name)
    found, mark = sorted(hit.id for hit in hits), run.marks.get(Listing.ATTRACTION)
    attraction = _proven(run, hits, record)
    was_so = mark is not None and mark.seen.get("hits") == found
    if attraction is None and not record.ticketmaster_ids and not was_so:
        attraction = _proven_at_musicbrainz(run, hits, record)
    if attraction is not None and attraction.image_url and artist.image_provider != SPOTIFY:
        _picture(artist, attraction.image_url, TICKETMASTER)
    run.read_whole(Listing.ATTRACTION, hits=found)
    yield 0.8


def find_picture(run: ImportRun) -> Iterator[float]:
    """Spotify's, which is the better one."""
    spotify_ids = ids_of(run.session, SPOTIFY, "artist", run.artist_id)
    if run.sources.spotify is None or not spotify_ids or Listing.PICTURE not in run.due:
        return
    found = run.sources.spotify.artist(spotify_ids[0])
    if found.image_url:
        _picture(run.sync.artist, found.image_url, SPOTIFY)
    run.read_whole(Listing.PICTURE)
    yield 1.0


def _known(run: ImportRun) -> ArtistRecord:
    """What our rows say of the artist, in the form in which MusicBrainz said it."""
    return ArtistRecord(
        mbid=run.mbid,
        name=run.sync.artist.name,
        spotify_ids=tuple(ids_of(run.session, SPOTIFY, "artist", run.artist_id)),
        ticketmaster_ids=tuple(ids_of(run.session, TICKETMASTER, "artist", run.artist_id)),
    )


def _describe(run: ImportRun, record: ArtistRecord) -> None:
    artist, asked_for = run.sync.artist, run.mbid
    _follow_merge(run, record)
    artist.name, artist.name_folded = record.name, fold(record.name)
    artist.sort_name, artist.disambiguation = record.sort_name, record.disambiguation
    artist.country, artist.kind = record.country, record.kind
    artist.begin_year, artist.end_year = record.begin_year, record.end_year
    artist.genres = list(record.genres)
    _tie_artist(run, "musicbrainz", list({asked_for, record.mbid}), Matched.SAME_ID)
    _tie_artist(run, "spotify", record.spotify_ids, Matched.SHARED_ID)
    _tie_artist(run, "ticketmaster", record.ticketmaster_ids, Matched.SHARED_ID)


def _follow_merge(run: ImportRun, record: ArtistRecord) -> None:
    """MusicBrainz merged the id that we asked for into another; setlist.fm knows only that one."""
    if record.mbid == run.mbid:
        return
    if run.session.scalar(select(Artist.id).where(Artist.mbid == record.mbid)) is not None:
        run.skip("MusicBrainz merged this artist into another that is here too")
        return
    run.sync.artist.mbid = run.mbid = record.mbid


def _proven(run: ImportRun, hits: Sequence[Attraction], record: ArtistRecord) -> Attraction | None:
    """The act at Ticketmaster that a shared id proves, never the first hit."""
    return _tied(run, [hit for hit in hits if _shares_an_id(hit, record)], Matched.SHARED_ID)


def _proven_at_musicbrainz(
    run: ImportRun, hits: Sequence[Attraction], record: ArtistRecord
) -> Attraction | None:
    """What a hit names may be an id that was merged into the artist's.

    A hit that names no id at all is taken only if it alone has the name, there and at MusicBrainz.
    """
    namesakes = [hit for hit in hits if fold(hit.name) == fold(record.name)]
    if not namesakes:
        return None
    # One search tells who else is called so: only ids that it does not know may have been merged.
    known = run.sources.musicbrainz.search_artists(record.name, limit=NAMESAKES)
    others = {hit.mbid for hit in known}
    merged = [hit for hit in namesakes if hit.mbids and hit.mbids[0] not in others][:MERGES_LOOKED_UP]
    proven = [hit for hit in merged if _was_merged_into(run, hit, record)]
    if proven:
        return _tied(run, proven, Matched.SHARED_ID)
    nameless = [hit for hit in namesakes if not hit.mbids and not hit.spotify_ids]
    alone = [hit.mbid for hit in known if fold(hit.name) == fold(record.name)] == [record.mbid]
    if len(namesakes) == 1 and nameless and alone:
        return _tied(run, nameless, Matched.UNIQUE_NAME)
    run.skip("acts of this name at Ticketmaster that nothing proves to be this artist", len(namesakes))
    return None


def _tied(run: ImportRun, hits: list[Attraction], matched_by: Matched) -> Attraction | None:
    _tie_artist(run, TICKETMASTER, [hit.id for hit in hits], matched_by)
    return hits[0] if hits else None


def _shares_an_id(hit: Attraction, record: ArtistRecord) -> bool:
    return (
        record.mbid in hit.mbids
        or bool(set(record.spotify_ids) & set(hit.spotify_ids))
        or hit.id in record.ticketmaster_ids
    )


def _was_merged_into(run: ImportRun, hit: Attraction, record: ArtistRecord) -> bool:
    """Whether the id that Ticketmaster names is one that MusicBrainz merged into this artist's."""
    try:
        return bool(hit.mbids) and run.sources.musicbrainz.artist(hit.mbids[0]).mbid == record.mbid
    except NotFound:
        return False


def _tie_artist(run: ImportRun, provider: str, ids: tuple[str, ...] | list[str], matched_by: Matched) -> None:
    """Ties ids to the artist, but for those that already mean somebody else."""
    taken = known(run.session, provider, "artist", ids)
    conflicts = [external_id for external_id, artist_id in taken.items() if artist_id != run.artist_id]
    run.skip(f"ids at {provider} that belong to another artist here", len(conflicts))
    new = {external_id: run.artist_id for external_id in ids if external_id not in taken}
    tie(
        run.session, Ties(provider=provider, kind="artist", targets=new, matched_by=matched_by), now=run.now()
    )


def _picture(artist: Artist, url: str, provider: str) -> None:
    artist.image_url, artist.image_provider = url, provider
