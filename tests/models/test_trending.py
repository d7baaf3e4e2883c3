"""refresh_trending_data(), and what it says is rising."""

import threading

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.pages.catalogue import add_artist, add_show, add_song, add_to_ballot


def test_an_empty_database_has_nothing_rising(session: Session) -> None:
    assert _refreshed(session) == ({}, {})


def test_fans_count_once_a_show_and_once_an_artist_however_much_they_wish(session: Session) -> None:
    artist = add_artist(session)
    songs = [add_song(session, artist, title) for title in ("Glass", "Kite", "Salt")]
    shows = [add_show(session, artist, in_days=days) for days in (3, 9)]
    for show in shows:
        add_to_ballot(session, show, *songs)
        for song in songs:
            _vote(session, show.id, song.id, fan=1)
    _vote(session, shows[0].id, songs[0].id, fan=2)
    by_show, by_artist = _refreshed(session)
    assert by_show == {shows[0].id: (2, 4, 2.0), shows[1].id: (1, 3, 1.0)}
    assert by_artist == {artist.id: (2, 7, 2.0)}


def test_a_wish_counts_half_after_three_days_and_nothing_after_thirty(session: Session) -> None:
    artist = add_artist(session)
    song = add_song(session, artist, "Glass")
    ages = {0: 1.0, 3: 0.5, 6: 0.25, 29: 0.5 ** (29 / 3), 31: None}
    expected = {}
    for days, score in ages.items():
        show = add_show(session, artist)
        add_to_ballot(session, show, song)
        _vote(session, show.id, song.id, fan=1, days_ago=days)
        if score is not None:
            expected[show.id] = (1, 1, round(score, 3))
    assert _refreshed(session)[0] == expected


def test_three_old_wishes_rank_below_two_new_ones(session: Session) -> None:
    artist = add_artist(session)
    song = add_song(session, artist, "Glass")
    old, new = add_show(session, artist), add_show(session, artist)
    add_to_ballot(session, old, song)
    add_to_ballot(session, new, song)
    for fan in range(3):
        _vote(session, old.id, song.id, fan=fan, days_ago=4)
    for fan in range(2):
        _vote(session, new.id, song.id, fan=fan)
    by_show, _ = _refreshed(session)
    assert list(by_show) == [new.id, old.id]


def test_only_shows_to_come_that_take_place_and_only_wishes_that_stand(session: Session) -> None:
    artist = add_artist(session)
    song = add_song(session, artist, "Glass")
    shows = {
        "scheduled": add_show(session, artist),
        "rescheduled": add_show(session, artist, status="rescheduled"),
        "cancelled": add_show(session, artist, status="cancelled"),
        "over": add_show(session, artist, in_days=-2),
        "without a date": add_show(session, artist, locks_at=None),
        "taken back": add_show(session, artist),
        "voided": add_show(session, artist),
    }
    states = {"taken back": "off", "voided": "void"}
    for name, show in shows.items():
        add_to_ballot(session, show, song)
        _vote(session, show.id, song.id, fan=1, state=states.get(name, "on"))
    by_show, by_artist = _refreshed(session)
    assert by_show.keys() == {shows["scheduled"].id, shows["rescheduled"].id}
    assert by_artist == {artist.id: (1, 2, 1.0)}


def test_readers_go_on_while_it_is_refreshed(session: Session) -> None:
    """One in the middle of its refresh, whose commit is still to come, keeps nobody waiting."""
    _refreshed(session)
    read: list[int] = []

    def reader() -> None:
        with Session(db_engine) as own:
            own.execute(text("SET LOCAL lock_timeout = '5s'"))
            read.append(own.scalar(text("SELECT count(*) FROM trending_shows")) or 0)

    db_engine = session.get_bind()
    session.execute(text("SELECT refresh_trending_data()"))
    thread = threading.Thread(target=reader)
    thread.start()
    thread.join(10)
    session.rollback()
    assert read == [0]


def _vote(
    session: Session, show_id: int, song_id: int, *, fan: int, days_ago: float = 0, state: str = "on"
) -> None:
    session.execute(
        text("""
            WITH fan AS (
                INSERT INTO fans (key) VALUES (md5('fan' || :fan)::uuid)
                ON CONFLICT (key) DO UPDATE SET last_seen_at = now() RETURNING id)
            INSERT INTO votes (show_id, song_id, fan_id, state, by_account, changed_at)
            SELECT :show, :song, id, :state, false, now() - :days * interval '1 day' FROM fan"""),
        {"fan": str(fan), "show": show_id, "song": song_id, "state": state, "days": days_ago},
    )


Rising = dict[int, tuple[int, int, float]]


def _refreshed(session: Session) -> tuple[Rising, Rising]:
    """After a refresh, the highest first: shows and artists, each with its fans, wishes and score."""
    session.commit()
    session.execute(text("SELECT refresh_trending_data()"))
    session.commit()
    return _rising(session, "show"), _rising(session, "artist")


def _rising(session: Session, kind: str) -> Rising:
    rows = session.execute(text(f"SELECT * FROM trending_{kind}s ORDER BY score DESC"))  # noqa: S608
    return {row[0]: (row.fans, row.wishes, round(row.score, 3)) for row in rows}
