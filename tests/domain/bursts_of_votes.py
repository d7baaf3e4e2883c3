"""A show with guests' votes, some of which are a burst, and what its tallies should be."""

import uuid
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from setlist.domain.voting import Voter, Wish, cast_wish
from setlist.models import Artist, BallotSong, Show, Song, Vote, VoteBurst, VoteBurstVote

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
SONGS, QUOTA = 8, 3


def add_ballot(session: Session) -> Show:
    """A show tomorrow with eight songs, ids 1 to 8."""
    artist = Artist(name="The Pale Rivers", name_folded="the pale rivers", mbid=str(uuid.uuid4()))
    show = Show(local_date=date(2026, 5, 2), locks_at=NOW + timedelta(days=1))
    session.add_all([artist, show])
    session.flush()
    songs = [Song(artist_id=artist.id, title=f"Song {n}", title_folded=f"song {n}") for n in range(SONGS)]
    session.add_all(songs)
    session.flush()
    session.add_all(BallotSong(show_id=show.id, song_id=song.id) for song in songs)
    session.commit()
    return show


def give(session: Session, show_id: int, fan: int, *songs: int, wanted: bool = True) -> list[str]:
    outcomes = []
    for song_id in songs:
        voter = Voter(key=uuid.UUID(int=fan), quota=QUOTA)
        wish = Wish(voter=voter, show_id=show_id, song_id=song_id, wanted=wanted)
        outcomes.append(cast_wish(session, wish, now=NOW).outcome.value)
        session.commit()
    return outcomes


def add_burst(session: Session, show_id: int, *votes: Vote, **more: object) -> VoteBurst:
    given = {"kind": "address", "fingerprint": uuid.uuid4().bytes} | more
    burst = VoteBurst(
        show_id=show_id, fans=len({vote.fan_id for vote in votes}), votes=len(votes),
        first_at=NOW, last_at=NOW, **given,
    )  # fmt: skip
    session.add(burst)
    session.flush()
    session.add_all(VoteBurstVote(burst_id=burst.id, vote_id=vote.id) for vote in votes)
    session.commit()
    return burst
