"""A guest's wishes on their way to an account: what moves, what is taken back, and what no tally may lose."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from setlist.domain.voting import Voter, Wish, WishOutcome, cast_wish, fan_wishes
from setlist.domain.wish_transfer import GuestWish, Move, Transfer, move_of, transfer_wishes
from setlist.extensions import db
from setlist.models import Account, BallotSong, Fan, Show, Vote
from setlist.models.voting import VoteState
from tests.pages.catalogue import add_artist, add_show, add_song, add_to_ballot

NOW = datetime.now(UTC)
QUOTA = 6
GUEST, OTHER_GUEST = uuid.UUID(int=1), uuid.UUID(int=2)
SONGS = range(1, 11)

Give = Callable[..., WishOutcome]


@pytest.mark.parametrize(
    ("is_open", "own", "has_room", "move"),
    [
        (True, None, True, Move.HAND_OVER),
        (True, VoteState.OFF, True, Move.GIVE),
        (True, None, False, Move.TAKE_BACK),
        (True, VoteState.OFF, False, Move.TAKE_BACK),
        (True, VoteState.ON, True, Move.TAKE_BACK),
        (True, VoteState.VOID, True, Move.TAKE_BACK),
        (False, None, True, Move.HAND_OVER),
        (False, VoteState.OFF, True, Move.GIVE),
        (False, None, False, Move.LEAVE),
        (False, VoteState.ON, True, Move.LEAVE),
        (False, VoteState.VOID, True, Move.LEAVE),
    ],
)
def test_what_becomes_of_a_wish(*, is_open: bool, own: VoteState | None, has_room: bool, move: Move) -> None:
    assert move_of(GuestWish(is_open=is_open, own=own, has_room=has_room)) is move


@pytest.fixture
def shows(session: Session) -> tuple[Show, Show]:
    """Two, with the same ten songs, ids 1 to 10."""
    artist = add_artist(session)
    songs = [add_song(session, artist, f"Song {n}") for n in SONGS]
    made = (add_show(session, artist, in_days=3), add_show(session, artist, in_days=4))
    for show in made:
        add_to_ballot(session, show, *songs)
    session.commit()
    return made


@pytest.fixture
def account(session: Session) -> Voter:
    row = Account(email="fan@example.org", password="x", active=True, fs_uniquifier="u")
    session.add(row)
    session.commit()
    return Voter(account_id=row.id, quota=QUOTA)


def guest(key: uuid.UUID = GUEST) -> Voter:
    return Voter(key=key, quota=QUOTA)


@pytest.fixture
def give(session: Session, shows: tuple[Show, Show]) -> Give:
    def giving(voter: Voter, song_id: int, *, show: int = 0, wanted: bool = True) -> WishOutcome:
        wish = Wish(voter=voter, show_id=shows[show].id, song_id=song_id, wanted=wanted)
        outcome = cast_wish(session, wish, now=NOW).outcome
        session.commit()
        return outcome

    return giving


def move(session: Session, account: Voter, key: uuid.UUID = GUEST) -> Transfer:
    assert account.account_id is not None
    done = transfer_wishes(session, key, account.account_id, quota=QUOTA, now=NOW)
    session.commit()
    return done


def assert_rows_equal_tallies(session: Session) -> None:
    session.expire_all()
    counted = select(Vote.show_id, Vote.song_id, Vote.by_account, func.count()).where(Vote.state == "on")
    rows = {
        (show, song, by): n
        for show, song, by, n in session.execute(
            counted.group_by(Vote.show_id, Vote.song_id, Vote.by_account)
        )
    }
    tallies = {}
    for ballot in session.scalars(select(BallotSong)):
        for by, wishes in ((True, ballot.wishes_accounts), (False, ballot.wishes_guests)):
            if wishes:
                tallies[ballot.show_id, ballot.song_id, by] = wishes
    assert rows == tallies


def test_wishes_move_and_count_as_the_accounts_and_a_second_time_nothing_happens(
    session: Session, give: Give, account: Voter, shows: tuple[Show, Show]
) -> None:
    for song in (1, 2):
        give(guest(), song)
    give(guest(), 3, show=1)
    assert move(session, account) == Transfer(moved=3, taken_back=0)
    assert move(session, account) == Transfer(moved=0, taken_back=0)
    assert fan_wishes(session, account, shows[0].id) == {1, 2}
    assert fan_wishes(session, guest(), shows[0].id) == frozenset()
    ballot = session.get_one(BallotSong, (shows[0].id, 1))
    assert (ballot.wishes_accounts, ballot.wishes_guests) == (1, 0)
    assert_rows_equal_tallies(session)


def test_the_quota_of_the_account_holds_at_each_show(
    session: Session, give: Give, account: Voter, shows: tuple[Show, Show]
) -> None:
    for song in (1, 2, 3, 4):
        give(account, song)
    for song in (5, 6, 7):
        give(guest(), song)
    give(guest(), 1, show=1)
    assert move(session, account) == Transfer(moved=3, taken_back=1)
    assert fan_wishes(session, account, shows[0].id) == {1, 2, 3, 4, 5, 6}
    assert fan_wishes(session, guest(), shows[0].id) == frozenset()
    assert_rows_equal_tallies(session)


def test_what_both_wished_for_is_one_wish_and_what_the_account_took_back_is_given_again(
    session: Session, give: Give, account: Voter, shows: tuple[Show, Show]
) -> None:
    give(account, 1)
    give(account, 2)
    give(account, 2, wanted=False)
    give(guest(), 1)
    give(guest(), 2)
    assert move(session, account) == Transfer(moved=1, taken_back=1)
    assert fan_wishes(session, account, shows[0].id) == {1, 2}
    assert session.get_one(BallotSong, (shows[0].id, 1)).wishes == 1
    assert_rows_equal_tallies(session)


def test_two_devices_bring_theirs_and_none_is_counted_twice(
    session: Session, give: Give, account: Voter, shows: tuple[Show, Show]
) -> None:
    give(guest(), 1)
    give(guest(), 2)
    give(guest(OTHER_GUEST), 2)
    give(guest(OTHER_GUEST), 3)
    move(session, account)
    assert move(session, account, OTHER_GUEST) == Transfer(moved=1, taken_back=1)
    assert fan_wishes(session, account, shows[0].id) == {1, 2, 3}
    assert_rows_equal_tallies(session)


def test_where_wishes_are_locked_they_change_hands_and_no_tally(
    session: Session, give: Give, account: Voter, shows: tuple[Show, Show]
) -> None:
    give(account, 1)
    give(guest(), 1)
    give(guest(), 2)
    shows[0].locks_at = NOW - timedelta(minutes=1)
    session.commit()
    before = [(b.song_id, b.wishes_accounts, b.wishes_guests) for b in session.scalars(select(BallotSong))]
    assert move(session, account) == Transfer(moved=1, taken_back=0)
    session.expire_all()
    after = [(b.song_id, b.wishes_accounts, b.wishes_guests) for b in session.scalars(select(BallotSong))]
    assert sorted(after) == sorted(before)
    assert fan_wishes(session, account, shows[0].id) == {1, 2}
    assert_rows_equal_tallies(session)


def test_a_key_that_nobody_wished_with_or_that_is_an_accounts_moves_nothing(
    session: Session, give: Give, account: Voter
) -> None:
    assert move(session, account) == Transfer(moved=0, taken_back=0)
    give(account, 1)
    of_account = session.scalars(select(Fan.key).where(Fan.account_id == account.account_id)).one()
    assert move(session, account, of_account) == Transfer(moved=0, taken_back=0)


def test_guests_who_wish_while_they_sign_in_lose_and_double_nothing(
    app: Flask, session: Session, give: Give, account: Voter, shows: tuple[Show, Show]
) -> None:
    """Three devices of one account wish and sign in again and again, side by side."""
    show_ids = [show.id for show in shows]
    keys = [uuid.UUID(int=n) for n in range(1, 4)]

    def act(number: int) -> None:
        key, song = keys[number % 3], 1 + number * 7 % 10
        with app.app_context():
            if number % 4 == 3:
                transfer_wishes(db.session(), key, int(account.account_id or 0), quota=QUOTA, now=NOW)
            else:
                voter = account if number % 5 == 4 else guest(key)
                wish = Wish(voter=voter, show_id=show_ids[number % 2], song_id=song, wanted=number % 3 > 0)
                cast_wish(db.session(), wish, now=NOW)
            db.session.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(400)))
    assert_rows_equal_tallies(session)
    of_fans = select(func.count()).where(Vote.state == "on").group_by(Vote.fan_id, Vote.show_id)
    assert max(session.scalars(of_fans)) <= QUOTA
