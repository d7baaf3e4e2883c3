"""Marks of addresses are kept for a while only; the votes stay. The providers' part is in test_cleanup.py."""

import uuid
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from setlist.models import BallotSong, Fan, Vote
from setlist.pipeline.retention import Retention, drop_kept_too_long
from tests.domain.bursts_of_votes import add_ballot

DAYS = timedelta(days=14)
RETENTION = Retention(
    spotify_pictures=DAYS,
    ticketmaster_pictures=DAYS,
    ticketmaster_events=DAYS,
    address_marks=DAYS,
    unconfirmed_accounts=DAYS,
    mails=DAYS,
)


def add_marked_vote(session: Session, *, locked_days_ago: int) -> int:
    """Its show."""
    show, fan = add_ballot(session), Fan(key=uuid.uuid4())
    show.locks_at = datetime.now(UTC) - timedelta(days=locked_days_ago)
    session.add(fan)
    session.flush()
    songs = session.scalars(select(BallotSong.song_id).where(BallotSong.show_id == show.id).limit(1))
    vote = {"show_id": show.id, "song_id": songs.one(), "fan_id": fan.id, "state": "on", "by_account": False}
    session.add(Vote(**vote, address_mark=b"m" * 16))
    session.commit()
    return show.id


def test_they_go_some_days_after_the_lock_and_the_votes_stay(session: Session) -> None:
    _, lately, ahead = (add_marked_vote(session, locked_days_ago=days) for days in (15, 13, -3))
    name = "marks of addresses"
    assert drop_kept_too_long(session, name, RETENTION.ages()[name]) == 1
    session.commit()
    left = session.scalars(select(Vote.show_id).where(Vote.address_mark.is_not(None)))
    assert sorted(left) == [lately, ahead]
    assert session.scalar(select(func.count()).select_from(Vote)) == 3
