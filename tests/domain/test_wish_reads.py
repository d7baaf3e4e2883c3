"""A wish reads the fan's own wishes and the ballot, however many others wish for the same songs."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from setlist.domain.voting import Voter, Wish, WishOutcome, cast_wish
from setlist.models import Artist, BallotSong, Show, Song

OTHERS = 3_000
MOST = 50
# By this connection since it last told the server's statistics, so only differences mean something.
READ = text(
    "SELECT coalesce(sum(seq_tup_read + idx_tup_fetch), 0) FROM pg_stat_xact_user_tables"
    " WHERE relname = 'votes' AND schemaname = 'public'"
)


@pytest.fixture
def hot_show(session: Session) -> int:
    """Its one song is wished for by thousands, and no statistics of that were taken yet."""
    artist = Artist(name="The Pale Rivers", name_folded="the pale rivers")
    show = Show(local_date=datetime.now(UTC).date(), locks_at=datetime.now(UTC) + timedelta(days=1))
    session.add_all([artist, show])
    session.flush()
    song = Song(artist_id=artist.id, title="Ferry", title_folded="ferry")
    session.add(song)
    session.flush()
    session.add(BallotSong(show_id=show.id, song_id=song.id, wishes_guests=OTHERS))
    session.flush()
    session.execute(
        text("INSERT INTO fans (key) SELECT gen_random_uuid() FROM generate_series(1, :others)"),
        {"others": OTHERS},
    )
    session.execute(
        text(
            "INSERT INTO votes (show_id, song_id, fan_id, state, by_account)"
            " SELECT :show_id, :song_id, id, 'on', false FROM fans"
        ),
        {"show_id": show.id, "song_id": song.id},
    )
    session.commit()
    return show.id


def test_it_reads_no_more_at_a_hot_show(session: Session, hot_show: int) -> None:
    fan = Voter(key=uuid.uuid4(), quota=5)
    song_id = session.scalar(text("SELECT max(song_id) FROM ballot_songs")) or 0
    for wanted in (True, True, False, False, True):
        wish = Wish(voter=fan, show_id=hot_show, song_id=song_id, wanted=wanted)
        before = session.scalar(READ) or 0
        answer = cast_wish(session, wish, now=datetime.now(UTC))
        read = (session.scalar(READ) or 0) - before
        session.commit()
        assert answer.outcome in {WishOutcome.RECORDED, WishOutcome.UNCHANGED}
        assert answer.wishes_guests == OTHERS + wanted
        assert 0 < read <= MOST
