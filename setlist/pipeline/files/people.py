"""Whom recorded answers are about: artists by the ids in them, never by a name."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from setlist.domain.folding import fold
from setlist.domain.known_artists import artists_by_mbid
from setlist.models import Artist
from setlist.models.identity import Matched
from setlist.pipeline.artist_ties import Named, tie_artist
from setlist.pipeline.files.writing import FileWriter, Notes
from setlist.pipeline.identity import Ties, known, tie
from setlist.providers.answers import ArtistCandidate, ArtistRecord, Attraction, SpotifyArtist

MUSICBRAINZ, TICKETMASTER, SPOTIFY = "musicbrainz", "ticketmaster", "spotify"
TOLD = ("name", "sort_name", "disambiguation", "country", "kind", "begin_year", "end_year")


@dataclass(kw_only=True)
class People:
    """Finds the artists that ids mean, and makes those that are not here yet. Flushes."""

    session: Session
    now: datetime
    writer_of: Callable[[Artist, Notes], FileWriter]
    _made_now: set[int] = field(default_factory=set)  # what is told of them besides is part of their making

    def here(self, mbid: str) -> Artist | None:
        found = artists_by_mbid(self.session, [mbid]).get(mbid)
        return self.session.get_one(Artist, found) if found is not None else None

    def tied(self, provider: str, external_id: str) -> Artist | None:
        found = known(self.session, provider, "artist", [external_id]).get(external_id)
        return self.session.get_one(Artist, found) if found is not None else None

    def by_mbid(self, mbid: str, name: str, notes: Notes) -> Artist:
        return self.here(mbid) or self._made(Artist(mbid=mbid, name=name, name_folded=fold(name)), notes)

    def by_id(self, provider: str, external_id: str, name: str, notes: Notes) -> Artist:
        """Known by this id alone, until an answer names their MusicBrainz id beside it."""
        artist = self.tied(provider, external_id)
        if artist is None:
            artist = self._made(Artist(name=name, name_folded=fold(name)), notes)
            ties = Ties(provider=provider, kind="artist", targets={external_id: artist.id})
            tie(self.session, ties, now=self.now)
        return artist

    def describe(self, record: ArtistRecord, notes: Notes) -> Artist:
        """What MusicBrainz tells. What a file leaves out, since nobody asked for it, stays as it is."""
        artist = self.by_mbid(record.mbid, record.name, notes)
        values = {name: getattr(record, name) for name in TOLD} | {"genres": list(record.genres)}
        told = {name: value for name, value in values.items() if value}
        self._tell(artist, told | {"name_folded": fold(record.name)}, notes)
        same = Named(external_id=record.mbid, name=record.name)
        self.tie(artist, MUSICBRAINZ, same, notes, Matched.SAME_ID)
        for spotify_id in record.spotify_ids[:1]:
            self.tie(artist, SPOTIFY, Named(external_id=spotify_id, name=record.name), notes)
        return artist

    def told_of(self, hit: ArtistCandidate, notes: Notes) -> Artist:
        """What setlist.fm tells of an artist, where MusicBrainz has told nothing yet."""
        artist = self.by_mbid(hit.mbid, hit.name, notes)
        if hit.disambiguation and not artist.disambiguation:
            self._tell(artist, {"disambiguation": hit.disambiguation}, notes)
        return artist

    def pictured(self, record: SpotifyArtist, notes: Notes) -> Artist:
        artist = self.by_id(SPOTIFY, record.id, record.name, notes)
        if record.image_url and record.image_url != artist.image_url:
            fetched = {"image_url": record.image_url, "image_provider": SPOTIFY, "image_fetched_at": self.now}
            self._tell(artist, fetched, notes)
        return artist

    def act(self, act: Attraction, notes: Notes) -> Artist | None:
        """Who an act is, if it is tied already or names one MusicBrainz id: of several, none is sure."""
        artist = self.tied(TICKETMASTER, act.id)
        if len(act.mbids) != 1 or (artist is not None and artist.mbid is not None):
            return artist
        (mbid,) = act.mbids
        named = Named(external_id=act.id, name=act.name, url=act.url)
        artist = self._with_mbid(artist, mbid, act.name, notes)
        self.tie(artist, TICKETMASTER, named, notes)
        return artist

    def tie(
        self,
        artist: Artist,
        provider: str,
        named: Named,
        notes: Notes,
        matched_by: Matched = Matched.SHARED_ID,
    ) -> None:
        """An answer names their id at a provider."""
        tie_artist(self.writer_of(artist, notes), provider, [named], matched_by)

    def _with_mbid(self, artist: Artist | None, mbid: str, name: str, notes: Notes) -> Artist:
        if artist is not None and self.here(mbid) is None:
            self._tell(artist, {"mbid": mbid}, notes)
            return artist
        return self.by_mbid(mbid, name, notes)

    def _made(self, artist: Artist, notes: Notes) -> Artist:
        self.session.add(artist)
        self.session.flush()
        notes.tally.new("artists")
        self._made_now.add(artist.id)
        return artist

    def _tell(self, artist: Artist, told: dict[str, object], notes: Notes) -> None:
        changed = {name: value for name, value in told.items() if getattr(artist, name) != value}
        for name, value in changed.items():
            setattr(artist, name, value)
        if changed and artist.id not in self._made_now:
            notes.tally.changed("artists")
        self.session.flush()
