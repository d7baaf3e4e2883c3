"""Wishes against the real database: states, refusals, and what races must not break."""

import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from setlist.domain.voting import Voter, Wish, WishAnswer, WishOutcome, cast_wish, fan_wishes
from setlist.extensions import db
from setlist.models import Account, Artist, BallotSong, Fan, Show, Song, Vote
from tests.queue.polling import until

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
QUOTA = 3


@pytest.fixture
def show(session: Session) -> Show:
    """A show tomorrow with eight songs on its ballot, ids 1 to 8."""
    artist = Artist(name="The Pale Rivers", name_folded="the pale rivers")
    show = Show(local_date=date(2026, 5, 2), locks_at=NOW + timedelta(days=1))
    session.add_all([artist, show])
    session.flush()
    songs = [Song(artist_id=artist.id, title=f"Song {n}", title_folded=f"song {n}") for n in range(8)]
    session.add_all(songs)
    session.flush()
    session.add_all(BallotSong(show_id=show.id, song_id=song.id) for song in songs)
    session.commit()
    return show


Cast = Callable[..., WishAnswer]


def guest(key: uuid.UUID) -> Voter:
    return Voter(key=key, quota=QUOTA)


@pytest.fixture
def vote(session: Session, show: Show) -> Cast:
    def cast(song_id: int, *, fan: uuid.UUID, wanted: bool = True, now: datetime = NOW) -> WishAnswer:
        wish = Wish(voter=guest(fan), show_id=show.id, song_id=song_id, wanted=wanted)
        answer = cast_wish(session, wish, now=now)
        session.commit()
        return answer

    return cast


FAN, OTHER_FAN = uuid.UUID(int=1), uuid.UUID(int=2)


def test_a_wish_counts_once_however_often_it_is_sent(vote: Cast) -> None:
    first, second = vote(1, fan=FAN), vote(1, fan=FAN)
    assert (first.outcome, second.outcome) == (WishOutcome.RECORDED, WishOutcome.UNCHANGED)
    assert second.wishes_guests == 1
    assert second.left == QUOTA - 1
    assert second.wanted


def test_a_wish_taken_back_frees_its_place_and_can_be_cast_again(vote: Cast, session: Session) -> None:
    vote(1, fan=FAN)
    back = vote(1, fan=FAN, wanted=False)
    assert (back.outcome, back.wanted, back.wishes_guests, back.left) == (
        WishOutcome.RECORDED,
        False,
        0,
        QUOTA,
    )
    assert vote(1, fan=FAN, wanted=False).outcome is WishOutcome.UNCHANGED
    assert vote(1, fan=FAN).wishes_guests == 1
    assert session.scalar(select(func.count()).select_from(Vote)) == 1


def test_the_quota_is_of_one_fan_at_one_show(vote: Cast) -> None:
    for song_id in range(1, QUOTA + 1):
        assert vote(song_id, fan=FAN).accepted
    refused = vote(QUOTA + 1, fan=FAN)
    assert (refused.outcome, refused.left, refused.wanted) == (WishOutcome.QUOTA, 0, False)
    assert vote(QUOTA + 1, fan=OTHER_FAN).accepted
    assert vote(1, fan=FAN).outcome is WishOutcome.UNCHANGED


def test_the_lock_is_the_server_clock_against_the_start(vote: Cast, show: Show) -> None:
    assert show.locks_at is not None
    vote(1, fan=FAN)
    assert vote(2, fan=FAN, now=show.locks_at - timedelta(seconds=1)).accepted
    assert vote(3, fan=FAN, now=show.locks_at).outcome is WishOutcome.LOCKED
    assert vote(1, fan=FAN, wanted=False, now=show.locks_at).outcome is WishOutcome.LOCKED
    assert vote(1, fan=FAN, now=show.locks_at).wanted


def test_a_cancelled_show_keeps_its_wishes_and_takes_no_more(
    vote: Cast, show: Show, session: Session
) -> None:
    vote(1, fan=FAN)
    show.status = "cancelled"
    session.commit()
    assert vote(2, fan=FAN).outcome is WishOutcome.CANCELLED
    kept = vote(1, fan=FAN, wanted=False)
    assert (kept.outcome, kept.wanted, kept.wishes_guests) == (WishOutcome.CANCELLED, True, 1)


def test_what_does_not_exist_is_said_apart(vote: Cast, session: Session) -> None:
    assert vote(99, fan=FAN).outcome is WishOutcome.NO_SUCH_SONG
    wish = Wish(voter=guest(FAN), show_id=99, song_id=1, wanted=True)
    assert cast_wish(session, wish, now=NOW).outcome is WishOutcome.NO_SUCH_SHOW


def test_a_stranger_who_takes_back_leaves_no_trace(vote: Cast, session: Session) -> None:
    assert vote(1, fan=FAN, wanted=False).outcome is WishOutcome.UNCHANGED
    assert session.scalar(select(func.count()).select_from(Fan)) == 0


def test_a_voided_wish_cannot_be_cast_again(vote: Cast, session: Session) -> None:
    vote(1, fan=FAN)
    session.execute(Vote.__table__.update().values(state="void"))
    session.commit()
    assert vote(1, fan=FAN).outcome is WishOutcome.VOIDED


@pytest.fixture
def account_id(session: Session) -> int:
    account = Account(email="fan@example.org", password="x", active=True, fs_uniquifier="u")
    session.add(account)
    session.commit()
    return account.id


def test_accounts_and_guests_are_counted_apart(
    vote: Cast, session: Session, show: Show, account_id: int
) -> None:
    vote(1, fan=OTHER_FAN)
    member = Voter(account_id=account_id, quota=QUOTA)
    answers = [
        cast_wish(session, Wish(voter=member, show_id=show.id, song_id=song_id, wanted=wanted), now=NOW)
        for song_id, wanted in ((1, True), (1, True), (2, True), (2, False))
    ]
    session.commit()
    told = [(one.outcome, one.wishes_accounts, one.wishes_guests, one.used) for one in answers]
    assert told == [
        ("recorded", 1, 1, 1),
        ("unchanged", 1, 1, 1),
        ("recorded", 1, 0, 2),
        ("recorded", 0, 0, 1),
    ]
    assert fan_wishes(session, member, show.id) == {1}
    assert session.scalars(select(Fan.account_id).order_by(Fan.id)).all() == [None, account_id]


def test_an_account_that_takes_back_what_it_never_gave_leaves_no_trace(
    session: Session, show: Show, account_id: int
) -> None:
    wish = Wish(voter=Voter(account_id=account_id, quota=QUOTA), show_id=show.id, song_id=1, wanted=False)
    assert cast_wish(session, wish, now=NOW).outcome is WishOutcome.UNCHANGED
    assert session.scalar(select(func.count()).select_from(Fan)) == 0


def test_who_waits_for_a_lock_until_the_show_begins_is_too_late(
    app: Flask, vote: Cast, show: Show, session: Session
) -> None:
    """The clock is the caller's, but it does not stand still meanwhile."""
    assert show.locks_at is not None
    vote(1, fan=FAN)
    just_before = show.locks_at - timedelta(seconds=0.3)
    session.execute(select(Fan).where(Fan.key == FAN).with_for_update())

    def late() -> WishAnswer:
        with app.app_context():
            wish = Wish(voter=guest(FAN), show_id=1, song_id=2, wanted=True)
            answer = cast_wish(db.session(), wish, now=just_before)
            db.session.commit()
            return answer

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(late)
        until(waits_for_a_lock)
        time.sleep(0.4)
        session.commit()
        assert answer.result().outcome is WishOutcome.LOCKED


def waits_for_a_lock() -> bool:
    with db.engine.connect() as connection:
        return bool(connection.scalar(text("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")))


def test_a_fan_sees_only_own_wishes(vote: Cast, session: Session, show: Show) -> None:
    vote(1, fan=FAN)
    vote(2, fan=OTHER_FAN)
    assert fan_wishes(session, guest(FAN), show.id) == {1}
    assert fan_wishes(session, Voter(quota=QUOTA), show.id) == frozenset()


def test_concurrent_clicks_keep_quota_and_tally(app: Flask, show: Show, session: Session) -> None:
    """Four fans hammer eight songs from eight threads: on, off, on, doubled."""
    show_id = show.id
    clicks = [
        (uuid.UUID(int=fan), song_id, wanted)
        for fan in range(1, 5)
        for song_id in range(1, 9)
        for wanted in (True, True, False, True)
    ]

    def click(args: tuple[uuid.UUID, int, bool]) -> None:
        fan, song_id, wanted = args
        with app.app_context():
            wish = Wish(voter=guest(fan), show_id=show_id, song_id=song_id, wanted=wanted)
            cast_wish(db.session(), wish, now=NOW)
            db.session.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(click, clicks))
    on = select(Vote.song_id, func.count()).where(Vote.state == "on").group_by(Vote.song_id)
    rows = dict(session.execute(on).all())
    tally = {b.song_id: b.wishes for b in session.scalars(select(BallotSong)) if b.wishes}
    assert rows == tally
    by_fan = select(func.count()).where(Vote.state == "on").group_by(Vote.fan_id)
    assert 0 < max(session.scalars(by_fan)) <= QUOTA
