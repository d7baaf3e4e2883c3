"""A person's word: what it does, that it is obeyed by imports, and that the second of two is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.extensions import db
from setlist.models import AuditLog, BallotSong, Doubt, ExternalId, ShowArtist, Song, SongAlias, Venue
from setlist.models.identity import DoubtKind, Matched
from setlist.models.sync import SyncKind
from setlist.pipeline.by_hand import merge_by_hand, split_by_hand, split_title
from setlist.pipeline.deciding import Choice, Person, UnknownRowError, decide
from setlist.pipeline.doubts import refused
from setlist.pipeline.identity import Ties, known, tie
from setlist.pipeline.merging import CannotMergeError
from setlist.pipeline.splitting import CannotSplitError
from tests.pages.catalogue import add_artist, add_setlist, add_show, add_song, add_to_ballot, add_venue
from tests.pipeline.pairs import a_doubt, an_id

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SOMEBODY = Person(account_id=None, at=NOW)
Decide = Callable[..., Any]


def ask_about(session: Session, kind: str, row: Any, *, state: str = "open", tied_to: Any = None) -> Doubt:
    doubt = a_doubt(kind, "X1", state=state, **{f"{kind}_id": row.id})
    session.add(doubt)
    if tied_to is not None:
        external_kind = "recording" if kind == "song" else kind
        session.add(an_id("ticketmaster", external_kind, "X1", **{f"{kind}_id": tied_to.id}))
    session.commit()
    return doubt


def means(session: Session, kind: str) -> int | None:
    return known(session, "ticketmaster", "recording" if kind == "song" else kind, ["X1"]).get("X1")


def test_a_confirmed_id_is_the_artists_and_the_shows_are_to_be_read(session: Session) -> None:
    artist = add_artist(session)
    doubt = ask_about(session, "artist", artist)
    decision = decide(session, doubt.id, Choice.CONFIRM, SOMEBODY)
    session.commit()
    tied = session.scalars(select(ExternalId).where(ExternalId.external_id == "X1")).one()
    assert (tied.artist_id, tied.matched_by, tied.confidence) == (artist.id, Matched.PERSON, 1.0)
    assert (decision.refresh, decision.sync) == ((artist.id,), SyncKind.TICKETMASTER)
    assert (doubt.state, doubt.decided_at) == ("confirmed", NOW)
    assert session.scalars(select(AuditLog.action)).all() == ["doubt_confirmed"]


def test_an_id_that_means_one_artist_means_no_other(session: Session) -> None:
    """It moves, the artist who had it is refused from then on, and whoever else was asked about is not it."""
    wrong, right, third = (add_artist(session) for _ in range(3))
    doubt, rival = ask_about(session, "artist", right, tied_to=wrong), ask_about(session, "artist", third)
    decide(session, doubt.id, Choice.CONFIRM, SOMEBODY)
    session.commit()
    assert means(session, "artist") == right.id
    assert refused(session, DoubtKind.ARTIST, "ticketmaster", ["X1"]) == {("X1", wrong.id), ("X1", third.id)}
    assert rival.state == "rejected"


def test_a_rejected_id_stays_what_it_was_and_is_refused(session: Session) -> None:
    artist = add_artist(session)
    doubt = ask_about(session, "artist", artist)
    decision = decide(session, doubt.id, Choice.REJECT, SOMEBODY)
    assert (means(session, "artist"), doubt.state, decision.refresh) == (None, "rejected", ())
    assert refused(session, DoubtKind.ARTIST, "ticketmaster", ["X1"]) == {("X1", artist.id)}


def test_the_second_of_two_is_told_what_was_decided(session: Session) -> None:
    doubt = ask_about(session, "artist", add_artist(session))
    assert decide(session, doubt.id, Choice.CONFIRM, SOMEBODY).is_new
    second = decide(session, doubt.id, Choice.REJECT, SOMEBODY)
    assert (second.is_new, second.words, second.refresh) == (False, "It was decided already: confirmed.", ())
    assert doubt.state == "confirmed"
    assert len(session.scalars(select(AuditLog)).all()) == 1


def test_of_many_at_once_one_decides(app: Flask, session: Session) -> None:
    doubt_id = ask_about(session, "artist", add_artist(session)).id

    def press(number: int) -> bool:
        with app.app_context():
            choice = Choice.CONFIRM if number % 2 else Choice.REJECT
            decision = decide(db.session(), doubt_id, choice, SOMEBODY)
            db.session.commit()
            return decision.is_new

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(press, range(12))) == 1
    assert len(session.scalars(select(AuditLog)).all()) == 1


def test_a_mind_may_be_changed_by_who_sees_what_was_decided(session: Session) -> None:
    artist = add_artist(session)
    doubt = ask_about(session, "artist", artist)
    decide(session, doubt.id, Choice.REJECT, SOMEBODY)
    decide(session, doubt.id, Choice.CONFIRM, SOMEBODY, seen="rejected")
    assert means(session, "artist") == artist.id
    assert refused(session, DoubtKind.ARTIST, "ticketmaster", ["X1"]) == set()
    decide(session, doubt.id, Choice.SPLIT, SOMEBODY, seen="confirmed")
    assert (means(session, "artist"), doubt.state) == (None, "split")


@pytest.mark.parametrize("kind", ["artist", "venue", "show", "song"])
@pytest.mark.parametrize("choice", [Choice.MERGE, Choice.CONFIRM])
def test_what_the_id_means_and_the_candidate_become_one(session: Session, kind: str, choice: Choice) -> None:
    make = {
        "artist": lambda: add_artist(session),
        "venue": lambda: add_venue(session),
        "show": lambda: add_show(session),
        "song": lambda: add_song(session, artist, f"Song {session.query(Song).count()}"),
    }[kind]
    artist = add_artist(session)
    holder, candidate = make(), make()
    doubt = ask_about(session, kind, candidate, tied_to=holder)
    decide(session, doubt.id, choice, SOMEBODY)
    session.commit()
    assert means(session, kind) == candidate.id
    is_merged = choice is Choice.MERGE or kind != "artist"
    assert holder.merged_into_id == (candidate.id if is_merged else None)
    assert doubt.state == ("merged" if is_merged else "confirmed")


def test_merging_keeps_the_doubt_where_the_other_had_been_decided_too(session: Session) -> None:
    holder, candidate = add_artist(session), add_artist(session)
    ask_about(session, "artist", holder, state="confirmed")
    doubt = ask_about(session, "artist", candidate, tied_to=holder)
    decide(session, doubt.id, Choice.MERGE, SOMEBODY)
    session.commit()
    assert session.execute(select(Doubt.artist_id, Doubt.state)).all() == [(candidate.id, "merged")]


def test_what_does_not_fit_is_said_and_changes_nothing(session: Session) -> None:
    doubt = ask_about(session, "artist", add_artist(session))
    with pytest.raises(CannotMergeError, match="confirm or reject"):
        decide(session, doubt.id, Choice.MERGE, SOMEBODY)
    with pytest.raises(CannotSplitError, match="reject it"):
        decide(session, doubt.id, Choice.SPLIT, SOMEBODY)
    with pytest.raises(UnknownRowError):
        decide(session, 99, Choice.CONFIRM, SOMEBODY)
    assert doubt.state == "open"


def test_an_artist_who_loses_an_id_is_on_no_bill_by_it(session: Session) -> None:
    artist, other = add_artist(session, "Low Tide"), add_artist(session)
    show = add_show(session, artist, other)
    played = add_show(session, artist, in_days=-9)
    add_setlist(session, played, artist)
    songs = [add_song(session, artist, title) for title in "AB"]
    add_to_ballot(session, show, *songs)
    session.add_all([an_id("ticketmaster", "show", f"E{one.id}", show_id=one.id) for one in (show, played)])
    doubt = ask_about(session, "artist", artist, tied_to=artist)
    decide(session, doubt.id, Choice.REJECT, SOMEBODY)
    session.commit()
    assert [(place.artist_id, place.billed_as) for place in show.line_up] == [
        (None, "Low Tide"),
        (other.id, other.name),
    ]
    assert [place.artist_id for place in played.line_up] == [artist.id]  # setlist.fm knows of that one
    assert session.scalars(select(BallotSong)).all() == []
    assert doubt.state == "split"


def test_an_artist_with_another_id_there_keeps_the_shows(session: Session) -> None:
    artist = add_artist(session)
    show = add_show(session, artist)
    session.add(an_id("ticketmaster", "show", "E1", show_id=show.id))
    session.add(an_id("ticketmaster", "artist", "X2", artist_id=artist.id))
    doubt = ask_about(session, "artist", artist, tied_to=artist)
    decide(session, doubt.id, Choice.SPLIT, SOMEBODY)
    assert session.scalars(select(ShowArtist.artist_id)).all() == [artist.id]


def test_a_venue_that_was_two_takes_its_shows_along(session: Session) -> None:
    venue, artist = add_venue(session), add_artist(session)
    here, there = add_show(session, artist, venue=venue), add_show(session, artist, venue=venue)
    session.add(an_id("ticketmaster", "show", "E1", show_id=here.id))
    session.add(an_id("setlistfm", "show", "S1", show_id=there.id))
    session.add(an_id("setlistfm", "venue", "V1", venue_id=venue.id))
    session.commit()
    split_by_hand(session, DoubtKind.VENUE, ("setlistfm", "V1"), SOMEBODY)
    session.commit()
    own = session.scalars(select(Venue).where(Venue.id != venue.id)).one()
    assert (here.venue_id, there.venue_id) == (venue.id, own.id)
    assert known(session, "setlistfm", "venue", ["V1"]) == {"V1": own.id}
    assert refused(session, DoubtKind.VENUE, "setlistfm", ["V1"]) == {("V1", venue.id)}
    tie(session, Ties(provider="setlistfm", kind="venue", targets={"V1": venue.id}), now=NOW)  # an import
    assert known(session, "setlistfm", "venue", ["V1"]) == {"V1": own.id}


def test_a_show_that_was_two_keeps_its_wishes_and_gives_up_a_setlist(session: Session) -> None:
    artist = add_artist(session)
    show = add_show(session, artist)
    add_to_ballot(session, show, add_song(session, artist, "A"))
    setlist = add_setlist(session, show, artist)
    session.add(an_id("setlistfm", "show", "S1", show_id=show.id))
    session.add(an_id("setlistfm", "setlist", "S1", setlist_id=setlist.id))
    session.commit()
    split_by_hand(session, DoubtKind.SHOW, ("setlistfm", "S1"), SOMEBODY)
    session.commit()
    assert setlist.show_id != show.id
    assert [place.artist_id for place in setlist.show.line_up] == [artist.id]
    assert session.scalars(select(BallotSong.show_id)).all() == [show.id]


def test_a_title_split_off_takes_its_plays_and_is_pinned(session: Session) -> None:
    artist = add_artist(session)
    song = add_song(session, artist, "Harbour")
    session.add(SongAlias(song_id=song.id, title="Harbour Lights", title_folded="harbour lights"))
    setlist = add_setlist(session, add_show(session, artist), artist, song, song)
    setlist.songs[1].title = "HARBOUR LIGHTS!"
    session.commit()
    split_title(session, song.id, "Harbour Lights", SOMEBODY)
    session.commit()
    own = session.scalars(select(Song).where(Song.title == "Harbour Lights")).one()
    assert [entry.song_id for entry in setlist.songs] == [song.id, own.id]
    aliases = session.execute(select(SongAlias.song_id, SongAlias.title_folded, SongAlias.is_pinned)).all()
    assert aliases == [(own.id, "harbour lights", True)]
    with pytest.raises(CannotSplitError, match="of its own already"):
        split_title(session, song.id, "harbour lights", SOMEBODY)
    with pytest.raises(CannotSplitError, match="own title"):
        split_title(session, song.id, "Harbour", SOMEBODY)


def test_a_title_that_is_compared_in_another_spelling_is_the_songs_own(session: Session) -> None:
    song = add_song(session, add_artist(session), "3 Salt Roads")
    song.title = "Three Salt Roads"
    session.commit()
    with pytest.raises(CannotSplitError, match="own title"):
        split_title(session, song.id, "three salt roads", SOMEBODY)


def test_splitting_undoes_a_merge(session: Session) -> None:
    artist = add_artist(session)
    one, other = add_song(session, artist, "Harbour"), add_song(session, artist, "Salt")
    merge_by_hand(session, DoubtKind.SONG, (one.id, other.id), SOMEBODY)
    session.commit()
    assert one.merged_into_id == other.id
    split_title(session, other.id, "Harbour", SOMEBODY)
    session.commit()
    assert one.merged_into_id is None
    rows = session.scalars(select(AuditLog).order_by(AuditLog.id))
    assert [row.action for row in rows] == ["merged", "split"]


@pytest.mark.parametrize("pair", [(1, 99), (99, 1), (0, 1), (-1, 1), (1, 10**30)])
def test_rows_that_are_not_there_are_named(session: Session, pair: tuple[int, int]) -> None:
    add_artist(session)
    with pytest.raises(UnknownRowError, match="There is no artist"):
        merge_by_hand(session, DoubtKind.ARTIST, pair, SOMEBODY)


@pytest.mark.parametrize("kind", DoubtKind)
def test_an_unknown_id_is_named(session: Session, kind: DoubtKind) -> None:
    with pytest.raises(UnknownRowError, match="no id X1"):
        split_by_hand(session, kind, ("ticketmaster", "X1"), SOMEBODY)
