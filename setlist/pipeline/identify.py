"""Phase 1: who the artist is, and under which ids the other providers know the same one."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from sqlalchemy import select

from setlist.domain.titles import fold
from setlist.models import Artist
from setlist.models.identity import Matched
from setlist.pipeline.identity import Ties, known, tie
from setlist.pipeline.run import ImportRun
from setlist.providers.answers import ArtistRecord, Attraction, SpotifyArtist
from setlist.providers.errors import NotFound, ProviderError

Answer = TypeVar("Answer")
MERGES_LOOKED_UP = 2  # a call each


def identify_artist(run: ImportRun) -> Iterator[float]:
    """MusicBrainz is asked first; its id is setlist.fm's, its links name Spotify's and Ticketmaster's."""
    record = run.sources.musicbrainz.artist(run.mbid)
    _describe(run, record)
    yield 0.4
    attraction = _if_it_answers(run, lambda: _find_attraction(run, record))
    if attraction is not None and attraction.image_url:
        _picture(run.sync.artist, attraction.image_url, "ticketmaster")
    yield 0.8
    spotify_artist = _if_it_answers(run, lambda: _spotify_artist(run, record))
    if spotify_artist is not None and spotify_artist.image_url:
        _picture(run.sync.artist, spotify_artist.image_url, "spotify")


def _if_it_answers(run: ImportRun, ask: Callable[[], Answer]) -> Answer | None:
    """One of the two optional providers may be left out here without the other."""
    try:
        return ask()
    except ProviderError as error:
        if not run.goes_on_without(error):
            raise
        return None


def _spotify_artist(run: ImportRun, record: ArtistRecord) -> SpotifyArtist | None:
    if run.sources.spotify is None or not record.spotify_ids:
        return None
    return run.sources.spotify.artist(record.spotify_ids[0])


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


def _find_attraction(run: ImportRun, record: ArtistRecord) -> Attraction | None:
    """The act at Ticketmaster that a shared id proves, never the first hit.

    A hit that names no id at all is taken only if it alone has the name, there and at MusicBrainz.
    """
    client = run.sources.ticketmaster
    if client is None:
        return None
    hits = client.attractions(record.name)
    namesakes = [hit for hit in hits if fold(hit.name) == fold(record.name)]
    proven = [hit for hit in hits if _shares_an_id(hit, run.mbid, record)]
    proven = proven or [hit for hit in namesakes[:MERGES_LOOKED_UP] if _was_merged_into(run, hit, record)]
    if proven:
        _tie_artist(run, "ticketmaster", [hit.id for hit in proven], Matched.SHARED_ID)
        return proven[0]
    unproven = [hit for hit in namesakes if not hit.mbids and not hit.spotify_ids]
    if len(namesakes) == 1 and unproven and _alone_at_musicbrainz(run, record):
        _tie_artist(run, "ticketmaster", [unproven[0].id], Matched.UNIQUE_NAME)
        return unproven[0]
    if namesakes:
        run.skip("acts of this name at Ticketmaster that nothing proves to be this artist", len(namesakes))
    return None


def _shares_an_id(hit: Attraction, mbid: str, record: ArtistRecord) -> bool:
    return (
        bool({mbid, record.mbid} & set(hit.mbids))
        or bool(set(record.spotify_ids) & set(hit.spotify_ids))
        or hit.id in record.ticketmaster_ids
    )


def _was_merged_into(run: ImportRun, hit: Attraction, record: ArtistRecord) -> bool:
    """Whether the id that Ticketmaster names is one that MusicBrainz merged into this artist's."""
    try:
        return bool(hit.mbids) and run.sources.musicbrainz.artist(hit.mbids[0]).mbid == record.mbid
    except NotFound:
        return False


def _alone_at_musicbrainz(run: ImportRun, record: ArtistRecord) -> bool:
    hits = run.sources.musicbrainz.search_artists(record.name, limit=10)
    return [hit.mbid for hit in hits if fold(hit.name) == fold(record.name)] in ([record.mbid], [run.mbid])


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
