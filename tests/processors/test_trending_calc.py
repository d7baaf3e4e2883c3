import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from setlist.models import (
    Artist,
    BallotSong,
    Fan,
    Show,
    Song,
    TrendingArtist,
    TrendingShow,
    Vote,
)
from setlist.processors.trending_calc import trending_calc
from tests.queue.rows import stored


@pytest.fixture
def wished_song(session) -> BallotSong:
    """Of a show to come, wished for by two fans; one of them took it back."""
    artist = Artist(name="Muse", name_folded="muse")
    starts_at = datetime.now(UTC) + timedelta(days=3)
    show = Show(name="", local_date=date.today(), starts_at=starts_at, locks_at=starts_at)  # noqa: DTZ011
    session.add_all([artist, show])
    session.flush()
    song = Song(artist_id=artist.id, title="Uprising", title_folded="uprising")
    session.add(song)
    session.flush()
    ballot = BallotSong(show_id=show.id, song_id=song.id)
    fans = [Fan(key=uuid.uuid4()), Fan(key=uuid.uuid4())]
    session.add_all([ballot, *fans])
    session.flush()
    for fan, state in zip(fans, ("on", "off"), strict=True):
        session.add(Vote(show_id=show.id, song_id=song.id, fan_id=fan.id, state=state, by_account=False))
    session.commit()
    return ballot


def test_it_refreshes_what_is_rising(session, wished_song):
    assert trending_calc.run_once(stored(session, "trending_calc")) == "done"

    session.rollback()
    show = session.scalars(select(TrendingShow)).one()
    artist = session.scalars(select(TrendingArtist)).one()
    assert (show.show_id, show.fans, show.wishes) == (wished_song.show_id, 1, 1)
    assert (artist.artist_id, artist.fans, artist.wishes) == (wished_song.song.artist_id, 1, 1)
    assert show.score == pytest.approx(1, abs=0.01)


def test_twice_is_the_same_as_once(session, wished_song):
    for _ in range(2):
        trending_calc.run_once(stored(session, "trending_calc"))

    assert len(session.scalars(select(TrendingShow)).all()) == 1


def test_what_is_over_is_gone_after_the_next_refresh(session, wished_song):
    trending_calc.run_once(stored(session, "trending_calc"))
    wished_song.show.locks_at = datetime.now(UTC) - timedelta(minutes=1)
    session.commit()
    trending_calc.run_once(stored(session, "trending_calc"))

    assert session.scalars(select(TrendingShow)).all() == []
