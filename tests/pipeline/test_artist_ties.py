"""Ids that mean an artist: tied, asked about, or the sign that two rows were one all along."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from setlist.models import Artist, Doubt, ExternalId, Song
from setlist.models.identity import Matched
from setlist.pipeline.artist_ties import Named, tie_artist
from setlist.pipeline.files.writing import FileWriter, Notes
from setlist.pipeline.identity import Ties, tie

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
MBID, OTHER = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
THEIRS = Named(external_id="a" * 22, name="The Walruses")


@pytest.fixture
def writer(session: Session) -> FileWriter:
    artist = Artist(mbid=MBID, name="The Walruses", name_folded="the walruses")
    session.add(artist)
    session.flush()
    return FileWriter(session=session, artist=artist, at=NOW, default_start_hour=20, notes=Notes())


@pytest.fixture
def holder(session: Session) -> Artist:
    """Known by an id at Spotify alone, with a song."""
    artist = Artist(name="The Walruses", name_folded="the walruses")
    session.add(artist)
    session.flush()
    session.add(Song(artist_id=artist.id, title="Glass Onion", title_folded="glass onion"))
    tie(session, Ties(provider="spotify", kind="artist", targets={THEIRS.external_id: artist.id}), now=NOW)
    return artist


def tied(writer: FileWriter) -> set[str]:
    return tie_artist(writer, "spotify", [THEIRS], Matched.SHARED_ID)


def test_whoever_is_known_by_nothing_but_this_id_was_the_artist_all_along(
    writer: FileWriter, holder: Artist, session: Session
) -> None:
    assert tied(writer) == {THEIRS.external_id}
    session.refresh(holder)
    assert holder.merged_into_id == writer.artist_id
    assert session.scalars(select(Song.artist_id)).all() == [writer.artist_id]
    assert session.scalars(select(Doubt)).all() == []
    assert tied(writer) == {THEIRS.external_id}  # and again


def test_whoever_has_another_musicbrainz_id_is_somebody_else(
    writer: FileWriter, holder: Artist, session: Session
) -> None:
    holder.mbid = OTHER
    assert tied(writer) == set()
    assert holder.merged_into_id is None
    assert session.scalars(select(Doubt)).one().external_id == THEIRS.external_id


def test_an_id_that_a_person_tied_is_not_moved(writer: FileWriter, holder: Artist, session: Session) -> None:
    session.execute(update(ExternalId).values(matched_by=Matched.PERSON.value))
    assert tied(writer) == set()
    assert holder.merged_into_id is None
