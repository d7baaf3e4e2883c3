"""Voids and what undoes them, against the real database: tallies follow, also side by side with wishes."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from setlist.domain import voiding
from setlist.domain.tally_check import tallies_apart
from setlist.domain.voiding import (
    BurstStateError,
    Decider,
    Quotas,
    UnknownBurstError,
    begin,
    give_back_batch,
    void_batch,
)
from setlist.extensions import db
from setlist.models import Show, Vote, VoteBurst
from setlist.models.bursts import BurstState
from tests.domain.bursts_of_votes import NOW, QUOTA, SONGS, add_ballot, add_burst, give

BY = Decider(account_id=None, at=NOW)
QUOTAS = Quotas(guests=QUOTA, accounts=QUOTA)


@pytest.fixture
def show(session: Session) -> Show:
    return add_ballot(session)


def votes_of(session: Session, *songs: int) -> list[Vote]:
    statement = select(Vote).order_by(Vote.id)
    return list(session.scalars(statement.where(Vote.song_id.in_(songs)) if songs else statement))


def states(session: Session) -> Counter[str]:
    return Counter(session.scalars(select(Vote.state)))


def void(session: Session, burst: VoteBurst) -> int:
    begin(session, burst.id, BurstState.VOIDED, BY)
    votes = void_batch(session, burst.id)
    session.commit()
    session.expire_all()
    return votes


def give_back(session: Session, burst: VoteBurst) -> int:
    begin(session, burst.id, BurstState.OPEN, BY)
    votes = give_back_batch(session, burst.id, QUOTAS)
    session.commit()
    session.expire_all()
    return votes


@pytest.fixture
def burst(session: Session, show: Show) -> VoteBurst:
    """Three guests with two wishes each, all of one burst, and a fourth with one."""
    for fan in (1, 2, 3):
        give(session, show.id, fan, 1, 2)
    made = add_burst(session, show.id, *votes_of(session))
    give(session, show.id, 4, 1)
    return made


def test_a_void_takes_its_votes_out_of_the_tally_and_no_others(session: Session, burst: VoteBurst) -> None:
    assert void(session, burst) == 6
    assert states(session) == {"void": 6, "on": 1}
    assert tallies_apart(session) == []
    assert (burst.state, burst.decided_at) == ("voided", NOW)


def test_a_voided_wish_cannot_be_given_again(session: Session, show: Show, burst: VoteBurst) -> None:
    void(session, burst)
    assert give(session, show.id, 1, 1) == ["voided"]
    assert tallies_apart(session) == []


def test_what_is_given_back_is_as_it_was(session: Session, show: Show, burst: VoteBurst) -> None:
    give(session, show.id, 1, 2, wanted=False)
    before = [(vote.id, vote.state, vote.changed_at) for vote in votes_of(session)]
    void(session, burst)
    assert states(session) == {"void": 6, "on": 1}
    assert give(session, show.id, 1, 2) == ["voided"]  # not even what was taken back before
    assert give_back(session, burst) == 6
    assert [(vote.id, vote.state, vote.changed_at) for vote in votes_of(session)] == before
    assert tallies_apart(session) == []


def test_again_changes_nothing(session: Session, burst: VoteBurst) -> None:
    assert [void(session, burst), void(session, burst)] == [6, 0]
    assert [give_back(session, burst), give_back(session, burst)] == [6, 0]
    assert tallies_apart(session) == []


def test_what_two_bursts_hold_comes_back_with_the_second(
    session: Session, show: Show, burst: VoteBurst
) -> None:
    other = add_burst(session, show.id, *votes_of(session, 1))
    void(session, burst)
    void(session, other)
    give_back(session, burst)
    assert {vote.song_id: vote.state for vote in votes_of(session)} == {1: "void", 2: "on"}
    assert tallies_apart(session) == []
    give_back(session, other)
    assert states(session) == {"on": 7}
    assert tallies_apart(session) == []


def test_nobody_gets_back_more_than_the_quota(session: Session, show: Show, burst: VoteBurst) -> None:
    void(session, burst)
    given = give(session, show.id, 1, 3, 4)
    assert given == ["recorded", "recorded"]
    give_back(session, burst)
    wishes = Counter(vote.fan_id for vote in votes_of(session) if vote.state == "on")
    assert max(wishes.values()) <= QUOTA
    assert states(session)["void"] == 0
    assert tallies_apart(session) == []


def test_it_works_after_the_lock_and_for_accounts_votes(
    session: Session, show: Show, burst: VoteBurst
) -> None:
    show.locks_at = NOW - timedelta(days=1)
    vote = votes_of(session)[0]
    vote.by_account = True
    session.execute(
        text(
            "UPDATE ballot_songs SET wishes_accounts = 1, wishes_guests = wishes_guests - 1 WHERE song_id = 1"
        )
    )
    session.commit()
    assert tallies_apart(session) == []
    void(session, burst)
    assert tallies_apart(session) == []
    give_back(session, burst)
    assert tallies_apart(session) == []


def test_what_is_void_is_given_back_before_it_is_dismissed(session: Session, burst: VoteBurst) -> None:
    void(session, burst)
    with pytest.raises(BurstStateError):
        begin(session, burst.id, BurstState.DISMISSED, BY)
    give_back(session, burst)
    assert begin(session, burst.id, BurstState.DISMISSED, BY)
    assert not begin(session, burst.id, BurstState.DISMISSED, BY)
    assert void_batch(session, burst.id) == give_back_batch(session, burst.id, QUOTAS) == 0


def test_more_of_the_same_that_was_found_meanwhile_stays_a_burst_of_its_own(
    session: Session, show: Show, burst: VoteBurst
) -> None:
    void(session, burst)
    twin = add_burst(session, show.id, fingerprint=burst.fingerprint)
    give_back(session, burst)
    assert {burst.state, twin.state} == {"open"}


def test_there_may_be_no_such_burst(session: Session) -> None:
    with pytest.raises(UnknownBurstError):
        begin(session, 99, BurstState.VOIDED, BY)


def test_rows_and_tallies_agree_after_voids_and_wishes_side_by_side(
    app: Flask, session: Session, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two bursts that share votes are voided and given back while their fans, and others, wish on."""
    monkeypatch.setattr(voiding, "BATCH", 7)
    fans = range(1, 21)
    for fan in fans:
        give(session, show.id, fan, 1 + fan % SONGS, 1 + (fan + 3) % SONGS)
    votes = votes_of(session)
    bursts = [add_burst(session, show.id, *some).id for some in (votes[:30], votes[15:])]
    show_id, stop = show.id, threading.Event()
    with ThreadPoolExecutor(8) as pool:
        wishing = [pool.submit(_wish_on, app, show_id, seed, stop) for seed in range(4)]
        flipping = [pool.submit(_flip, app, burst_id) for burst_id in (*bursts, bursts[0])]
        try:
            for one in flipping:
                one.result(60)
        finally:
            stop.set()
        assert all(one.result(60) > 0 for one in wishing)
    session.expire_all()
    assert tallies_apart(session) == []
    assert "void" not in states(session)


def _wish_on(app: Flask, show_id: int, seed: int, stop: threading.Event) -> int:
    turns = 0
    with app.app_context(), Session(db.engine) as session:
        while not stop.is_set():
            fan, song = 1 + (turns * 7 + seed) % 25, 1 + (turns * 5 + seed) % SONGS
            give(session, show_id, fan, song, wanted=turns % 3 != 0)
            turns += 1
    return turns


def _flip(app: Flask, burst_id: int) -> None:
    with app.app_context(), Session(db.engine) as session:
        for turn in range(12):
            state = (BurstState.VOIDED, BurstState.OPEN)[turn % 2]
            begin(session, burst_id, state, BY)
            session.commit()
            while _batch(session, burst_id, state):
                session.commit()
            session.commit()


def _batch(session: Session, burst_id: int, state: BurstState) -> int:
    if state is BurstState.VOIDED:
        return void_batch(session, burst_id)
    return give_back_batch(session, burst_id, QUOTAS)
