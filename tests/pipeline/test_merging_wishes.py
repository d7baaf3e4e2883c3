"""A fan who wished for both keeps one wish, and the tally is what the votes say."""

import random
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from setlist.domain.voting import Voter, Wish, WishOutcome, cast_wish
from setlist.extensions import db
from setlist.models import BallotSong, Fan, Show, Song, Vote
from setlist.pipeline.merging_shows import merge_shows
from setlist.pipeline.merging_songs import merge_songs
from tests.pages.catalogue import add_artist, add_show, add_song, add_to_ballot

NOW = datetime.now(UTC)
FANS = 40


def add_vote(
    session: Session, fan: Fan, show: Show, song: Song, state: str, *, by_account: bool = False
) -> None:
    vote = Vote(show_id=show.id, song_id=song.id, fan_id=fan.id, state=state, by_account=by_account)
    vote.created_at = vote.changed_at = NOW
    session.add(vote)
    session.flush()


def add_fan(session: Session) -> Fan:
    fan = Fan(key=uuid.uuid4())
    session.add(fan)
    session.flush()
    return fan


def tallies(session: Session) -> dict[tuple[int, int], tuple[int, int]]:
    rows = session.execute(
        select(BallotSong.show_id, BallotSong.song_id, BallotSong.wishes_accounts, BallotSong.wishes_guests)
    )
    return {(show, song): (accounts, guests) for show, song, accounts, guests in rows}


def counted(session: Session) -> dict[tuple[int, int], tuple[int, int]]:
    votes = session.execute(
        select(Vote.show_id, Vote.song_id, Vote.by_account, func.count())
        .where(Vote.state == "on")
        .group_by(Vote.show_id, Vote.song_id, Vote.by_account)
    ).all()
    by_account = Counter({(show, song): n for show, song, account, n in votes if account})
    by_guests = Counter({(show, song): n for show, song, account, n in votes if not account})
    return {key: (by_account[key], by_guests[key]) for key in tallies(session)}


@pytest.mark.parametrize(
    ("one", "other", "left"),
    [("on", "on", "on"), ("on", "off", "on"), ("off", "on", "on"), ("off", "off", "off"),
     ("void", "on", "void"), ("on", "void", "void"), ("off", "void", "void")],
)  # fmt: skip
def test_a_fan_who_wished_for_both_keeps_one(session: Session, one: str, other: str, left: str) -> None:
    artist, fan = add_artist(session), add_fan(session)
    show, loser, keeper = (
        add_show(session, artist),
        add_song(session, artist, "A"),
        add_song(session, artist, "B"),
    )
    add_to_ballot(session, show, loser, keeper)
    add_vote(session, fan, show, loser, one)
    add_vote(session, fan, show, keeper, other)
    merge_songs(session, loser, keeper)
    session.commit()
    assert session.execute(select(Vote.song_id, Vote.state)).all() == [(keeper.id, left)]
    assert tallies(session) == {(show.id, keeper.id): (0, int(left == "on"))}


def test_the_wish_that_counts_says_whether_it_was_an_accounts(session: Session) -> None:
    artist, fan = add_artist(session), add_fan(session)
    show, loser, keeper = (
        add_show(session, artist),
        add_song(session, artist, "A"),
        add_song(session, artist, "B"),
    )
    add_to_ballot(session, show, loser, keeper)
    add_vote(session, fan, show, loser, "on", by_account=True)
    add_vote(session, fan, show, keeper, "off")
    merge_songs(session, loser, keeper)
    assert tallies(session) == {(show.id, keeper.id): (1, 0)}


@pytest.mark.parametrize("of", ["songs", "shows"])
def test_rows_and_tallies_are_never_apart(session: Session, of: str) -> None:
    chance = random.Random(7)
    artist = add_artist(session)
    shows = [add_show(session, artist) for _ in range(3)]
    songs = [add_song(session, artist, title) for title in "ABCD"]
    for show in shows:
        add_to_ballot(session, show, *chance.sample(songs, 3))
    on_ballot = list(tallies(session))
    for fan in [add_fan(session) for _ in range(FANS)]:
        for show_id, song_id in chance.sample(on_ballot, 5):
            state, account = chance.choice(["on", "on", "off", "void"]), chance.random() < 0.5
            show, song = session.get_one(Show, show_id), session.get_one(Song, song_id)
            add_vote(session, fan, show, song, state, by_account=account)
    wished = {
        (song if of == "shows" else show, fan)
        for show, song, fan in session.execute(
            select(Vote.show_id, Vote.song_id, Vote.fan_id).where(Vote.state == "on")
        )
    }
    if of == "shows":
        merge_shows(session, shows[0], shows[1])
        merge_shows(session, shows[1], shows[2])
    else:
        for song in songs[:3]:
            merge_songs(session, song, songs[3])
    session.commit()
    assert tallies(session) == counted(session)
    left = session.execute(select(Vote.show_id, Vote.song_id, Vote.fan_id, Vote.state)).all()
    assert len({row[:3] for row in left}) == len(left)
    voided = {(song if of == "shows" else show, fan) for show, song, fan, state in left if state == "void"}
    kept = {(song if of == "shows" else show, fan) for show, song, fan, state in left if state == "on"}
    assert kept | voided >= wished  # nobody's wish is lost but to an admin's word


@pytest.fixture
def pair(session: Session) -> Iterator[tuple[int, int, int]]:
    artist = add_artist(session)
    show, loser, keeper = (
        add_show(session, artist),
        add_song(session, artist, "A"),
        add_song(session, artist, "B"),
    )
    add_to_ballot(session, show, loser, keeper)
    session.commit()
    yield show.id, loser.id, keeper.id
    session.rollback()


def test_fans_who_wish_meanwhile_lose_nothing(
    app: Flask, session: Session, pair: tuple[int, int, int]
) -> None:
    """A hundred wishes at once, for both songs, while they become one."""
    show_id, *song_ids = pair

    def wish(number: int) -> WishOutcome:
        with app.app_context():
            song_id = song_ids[number % 2]
            asked = Wish(
                voter=Voter(key=uuid.uuid4(), quota=5), show_id=show_id, song_id=song_id, wanted=True
            )
            answer = cast_wish(db.session(), asked, now=datetime.now(UTC))
            db.session.commit()
            return answer.outcome

    def merge() -> None:
        with app.app_context():
            merge_songs(db.session(), *(db.session.get_one(Song, song_id) for song_id in song_ids))
            db.session.commit()

    with ThreadPoolExecutor(8) as pool:
        wishes = [pool.submit(wish, number) for number in range(50)]
        merging = pool.submit(merge)
        wishes += [pool.submit(wish, number) for number in range(50, 100)]
        merging.result()
        outcomes = Counter(done.result() for done in wishes)
    assert outcomes.keys() <= {WishOutcome.RECORDED, WishOutcome.NO_SUCH_SONG}
    assert (
        tallies(session) == counted(session) == {(show_id, song_ids[1]): (0, outcomes[WishOutcome.RECORDED])}
    )
