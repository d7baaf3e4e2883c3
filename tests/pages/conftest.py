"""A visitor, and a coming show with six songs on its sheet."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from setlist.models import Artist, Show, Song, Venue
from tests.pages.catalogue import add_artist, add_show, add_song, add_to_ballot, add_venue
from tests.web.conftest import client, make_app, stranger

__all__ = ["client", "make_app", "stranger"]

TITLES = ("Glass", "Kite", "Salt", "Undertow", "Vapour", "Wolves")


@dataclass(frozen=True)
class Night:
    artist: Artist
    venue: Venue
    show: Show
    songs: tuple[Song, ...]

    @property
    def address(self) -> str:
        return f"/shows/{self.show.id}"

    def wish_address(self, song: int = 0) -> str:
        return f"{self.address}/songs/{self.songs[song].id}/wish"


@pytest.fixture
def night(session: Session) -> Night:
    artist, venue = add_artist(session), add_venue(session)
    show = add_show(session, artist, "Ferris & the Wheels", venue=venue)
    songs = tuple(
        add_song(session, artist, title)
        for title in ("Glass", "Kite", "Salt", "Undertow", "Wolves", "Vapour")
    )
    add_to_ballot(session, show, *songs, recent_plays=8, recent_shows=10)
    session.commit()
    return Night(artist, venue, show, songs)
