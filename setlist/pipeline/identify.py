"""Phase 1: who the artist is, and under which ids the other providers know the same one."""

from collections.abc import Iterator, Sequence

from setlist.domain.folding import fold
from setlist.domain.known_artists import artists_by_mbid
from setlist.domain.likeness import NameLikeness
from setlist.models import Artist
from setlist.models.base import Json
from setlist.models.identity import DoubtKind, Matched
from setlist.pipeline.artist_ties import Named, ask_about, holds, tie_artist
from setlist.pipeline.attractions import TICKETMASTER, match_attractions
from setlist.pipeline.doubts import asked
from setlist.pipeline.identity import ids_of, untie
from setlist.pipeline.likeness import name_of
from setlist.pipeline.marks import marks_of
from setlist.pipeline.merging_artists import merge_artists
from setlist.pipeline.postponed import Part
from setlist.pipeline.run import ImportRun
from setlist.providers.answers import ArtistRecord, Attraction, SpotifyArtist
from setlist.providers.errors import NotFound
from setlist.providers.ticketmaster import Ticketmaster
from setlist.services.freshness import Listing

MUSICBRAINZ, SPOTIFY = "musicbrainz", "spotify"
SPOTIFY_PAGE = "https://open.spotify.com/artist/"
REMEMBERED = (
    "aliases",
    "links",
    "spotify_ids",
    "ticketmaster_ids",
)  # of a record, in the mark of its reading


def identify_artist(run: ImportRun) -> Iterator[float]:
    """MusicBrainz is asked first; its id is setlist.fm's, its links name Spotify's and Ticketmaster's."""
    if Listing.IDENTITY in run.due:
        record = run.sources.musicbrainz.artist(run.mbid)
        _describe(run, record)
        run.read_whole(Listing.IDENTITY, **{name: list(getattr(record, name)) for name in REMEMBERED})
        yield 0.4
    yield from run.can_wait(Part.ATTRACTION, find_attraction(run))
    yield 0.8
    yield from run.can_wait(Part.PICTURE, find_picture(run))


def find_attraction(run: ImportRun) -> Iterator[float]:
    """Which act at Ticketmaster it is, and its picture."""
    client = run.sources.ticketmaster
    if client is None or Listing.ATTRACTION not in run.due:
        return
    record, artist = _known(run), run.sync.artist
    hits = _with_those_named(client, client.attractions(record.name), record)
    found, mark = sorted(hit.id for hit in hits), run.marks.get(Listing.ATTRACTION)
    was_so = mark is not None and mark.seen.get("hits") == found
    attraction = match_attractions(run, hits, record, look_further=not was_so)
    if attraction is not None and attraction.image_url and artist.image_provider != SPOTIFY:
        _picture(run, attraction.image_url, TICKETMASTER)
    run.read_whole(Listing.ATTRACTION, hits=found)
    yield 0.8


def find_picture(run: ImportRun) -> Iterator[float]:
    """Spotify's, which is the better one. It also shows whether MusicBrainz names the right id."""
    spotify_ids = ids_of(run.session, SPOTIFY, "artist", run.artist_id)
    if run.sources.spotify is None or not spotify_ids or Listing.PICTURE not in run.due:
        return
    try:
        found = run.sources.spotify.artist(spotify_ids[0])
    except NotFound:
        run.skip("ids at Spotify that it does not know any more")
        untie(run.session, SPOTIFY, "artist", spotify_ids[0])
    else:
        if _is_theirs(run, found) and found.image_url:
            _picture(run, found.image_url, SPOTIFY)
    run.read_whole(Listing.PICTURE)
    yield 1.0


def _known(run: ImportRun) -> ArtistRecord:
    """The artist in the form in which MusicBrainz told us of them, perhaps in an earlier run."""
    mark = marks_of(run.session, run.artist_id).get(Listing.IDENTITY)
    seen: Json = mark.seen if mark else {}
    told = {name: tuple(map(str, seen.get(name, ()))) for name in REMEMBERED}
    artist = run.sync.artist
    return ArtistRecord(
        mbid=run.mbid,
        name=artist.name,
        sort_name=artist.sort_name,
        country=artist.country,
        genres=tuple(artist.genres),
        aliases=told["aliases"],
        links=told["links"],
        spotify_ids=tuple({*told["spotify_ids"], *holds(run, SPOTIFY)}),
        ticketmaster_ids=told["ticketmaster_ids"],
    )


def _with_those_named(
    client: Ticketmaster, hits: Sequence[Attraction], record: ArtistRecord
) -> list[Attraction]:
    """Also the acts that MusicBrainz names and that a search by the name did not find."""
    found = list(hits)
    for attraction_id in record.ticketmaster_ids:
        if attraction_id not in {hit.id for hit in found}:
            try:
                found.append(client.attraction(attraction_id))
            except NotFound:
                continue  # a link to what is sold no more
    return found


def _describe(run: ImportRun, record: ArtistRecord) -> None:
    asked_for = run.mbid
    _follow_merge(run, record)
    artist = run.sync.artist
    artist.name, artist.name_folded = record.name, fold(record.name)
    artist.sort_name, artist.disambiguation = record.sort_name, record.disambiguation
    artist.country, artist.kind = record.country, record.kind
    artist.begin_year, artist.end_year = record.begin_year, record.end_year
    artist.genres = list(record.genres)
    mbids = [Named(external_id=mbid, name=record.name) for mbid in sorted({asked_for, record.mbid})]
    tie_artist(run, MUSICBRAINZ, mbids, Matched.SAME_ID)
    _tie_spotify(run, record)


def _follow_merge(run: ImportRun, record: ArtistRecord) -> None:
    """MusicBrainz may have merged the id that we asked for into another; setlist.fm knows only that one.

    Where that other one is here too, the two are one from now on, and the run goes on with it.
    """
    here = artists_by_mbid(run.session, {run.mbid, record.mbid})
    holder = here.get(record.mbid, run.artist_id)
    if holder != run.artist_id:
        keeper = run.session.get_one(Artist, holder)
        run.go_on_as(merge_artists(run.session, run.sync.artist, keeper, now=run.now()))
    run.sync.artist.mbid = run.mbid = record.mbid
    run.session.flush()


def _tie_spotify(run: ImportRun, record: ArtistRecord) -> None:
    """One id is enough; more of them, and one that MusicBrainz does not name any more, are questions."""
    held = holds(run, SPOTIFY)
    doubted = asked(run.session, DoubtKind.ARTIST, SPOTIFY, record.spotify_ids)
    free = [
        _at_spotify(external_id, record.name)
        for external_id in record.spotify_ids
        if external_id not in held and (external_id, run.artist_id) not in doubted
    ]
    ours = set(held) or tie_artist(run, SPOTIFY, free[:1], Matched.SHARED_ID)
    further = [one for one in free if one.external_id not in ours]
    ask_about(run, SPOTIFY, further, "MusicBrainz names more than one Spotify id")
    gone = [
        _at_spotify(external_id, record.name)
        for external_id, tied in held.items()
        if external_id not in record.spotify_ids and tied.matched_by == Matched.SHARED_ID
    ]
    ask_about(run, SPOTIFY, gone, "MusicBrainz does not name this Spotify id any more")


def _is_theirs(run: ImportRun, found: SpotifyArtist) -> bool:
    """A wrong link at MusicBrainz would bring a stranger's picture and songs."""
    tied, record = holds(run, SPOTIFY).get(found.id), _known(run)
    is_sure = tied is None or tied.matched_by == Matched.PERSON
    if is_sure or name_of(found.name, record) is not NameLikeness.FOREIGN:
        return True
    evidence = {"theirs": {"Name": found.name}, "ours": {"Name": record.name}}
    named = Named(external_id=found.id, name=found.name, url=SPOTIFY_PAGE + found.id, evidence=evidence)
    ask_about(run, SPOTIFY, [named], "MusicBrainz names this Spotify id, but the name is not theirs")
    untie(run.session, SPOTIFY, "artist", found.id)
    return False


def _at_spotify(external_id: str, name: str) -> Named:
    return Named(external_id=external_id, name=name, url=SPOTIFY_PAGE + external_id)


def _picture(run: ImportRun, url: str, provider: str) -> None:
    """When it was fetched counts: the providers' terms let us keep it for a while only."""
    run.artist.image_url, run.artist.image_provider = url, provider
    run.artist.image_fetched_at = run.now()
