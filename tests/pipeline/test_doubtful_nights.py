"""Nights that may be one, and nothing says so: kept apart, and asked about."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from setlist.models import BallotSong, Doubt, ExternalId, Setlist, Show, Song
from setlist.pipeline.deciding import Choice, Person, decide
from setlist.pipeline.run import ImportRun
from setlist.pipeline.setlists import write_setlists
from setlist.providers.answers import ShowStatus
from tests.pipeline.test_shows import ALPHA, DAY, HALL, act, listing, played, write
from tests.rows import imported_rows

RunOf = Callable[..., ImportRun]


@pytest.fixture
def alpha(run_of: RunOf) -> ImportRun:
    return act(run_of, ALPHA)


def doubts(session: Session) -> list[Doubt]:
    session.expire_all()
    return list(session.scalars(select(Doubt).order_by(Doubt.id)))


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


class TestDates:
    def test_a_new_listing_where_a_show_is_postponed_is_asked_about(
        self, alpha: ImportRun, session: Session
    ) -> None:
        off = {"local_date": None, "local_time": None, "original_date": DAY, "status": ShowStatus.POSTPONED}
        write(alpha, listing("1"))
        write(alpha, listing("1", **off))
        write(alpha, listing("2", local_date=DAY + timedelta(days=90)))
        old = session.scalars(select(Show).order_by(Show.id)).first()
        [doubt] = doubts(session)
        assert old is not None
        assert (doubt.kind, doubt.external_id, doubt.show_id) == ("show", "2", old.id)
        assert "postponed" in doubt.reason

    @pytest.mark.parametrize("hidden", ["1", "2"])
    def test_early_and_late_of_which_one_tells_no_time_stay_two_and_are_asked_about(
        self, alpha: ImportRun, session: Session, hidden: str
    ) -> None:
        early = listing("1", local_time=None if hidden == "1" else time(18, 0))
        late = listing("2", local_time=None if hidden == "2" else time(22, 30))
        for _ in range(2):
            write(alpha, early, late, listing("r", local_time=None, source="tmr"))
        assert count(session, Show) == 2
        [doubt] = doubts(session)
        assert (doubt.kind, doubt.external_id) == ("show", "2")
        assert "no time" in doubt.reason

    def test_a_package_without_a_time_is_of_neither_an_early_nor_a_late_show(
        self, alpha: ImportRun, session: Session
    ) -> None:
        package = listing("v", name="Alpha - VIP Package", local_time=None)
        write(alpha, listing("1", local_time=time(18, 0)), listing("2", local_time=time(22, 30)), package)
        tied = select(ExternalId.external_id).where(ExternalId.kind == "show")
        assert sorted(session.scalars(tied)) == ["1", "2"]
        assert doubts(session) == []

    def test_a_resale_with_a_time_is_of_the_show_that_starts_then(
        self, alpha: ImportRun, session: Session
    ) -> None:
        late, early = listing("1", local_time=None), listing("2", local_time=time(18, 30))
        write(alpha, late, early, listing("r", local_time=time(18, 30), source="tmr"))
        tied = select(ExternalId.external_id, ExternalId.show_id).where(ExternalId.kind == "show")
        shows = dict(session.execute(tied).all())
        assert shows["r"] == shows["2"] != shows["1"]

    def test_a_listing_that_stands_twice_on_a_page_is_one_show(
        self, alpha: ImportRun, session: Session
    ) -> None:
        early, late = listing("1", local_time=time(18, 30)), listing("2", local_time=None)
        write(alpha, early, late, late)
        assert count(session, Show) == 2

    def test_a_setlist_of_the_day_after_is_asked_about_and_has_a_night_of_its_own(
        self, alpha: ImportRun, session: Session
    ) -> None:
        write(alpha, listing("1"))
        alpha.begin("setlists")
        write_setlists(alpha, [played("late", HALL, day=DAY + timedelta(days=1))])
        session.commit()
        assert count(session, Show) == 2
        [doubt] = doubts(session)
        assert (doubt.kind, doubt.provider, doubt.external_id) == ("show", "setlistfm", "late")

    @pytest.mark.parametrize("status", [ShowStatus.CANCELLED, ShowStatus.POSTPONED])
    def test_a_setlist_of_a_show_that_is_off_is_asked_about(
        self, alpha: ImportRun, session: Session, status: ShowStatus
    ) -> None:
        write(alpha, listing("1", status=status))
        write_setlists(alpha, [played("p", HALL)])
        session.commit()
        off, night = session.scalars(select(Show).order_by(Show.id))
        assert session.scalars(select(Setlist.show_id)).all() == [night.id]
        [doubt] = doubts(session)
        assert (doubt.external_id, doubt.show_id) == ("p", off.id)
        assert status in doubt.reason

    @pytest.mark.parametrize("new_day", [None, DAY + timedelta(days=90)])
    def test_a_setlist_of_the_day_from_which_a_show_moved_is_asked_about(
        self, alpha: ImportRun, session: Session, new_day: date | None
    ) -> None:
        status = ShowStatus.RESCHEDULED if new_day else ShowStatus.POSTPONED
        write(alpha, listing("1", local_date=new_day, original_date=DAY, status=status))
        write_setlists(alpha, [played("p", HALL)])
        session.commit()
        moved, night = session.scalars(select(Show).order_by(Show.id))
        assert session.scalars(select(Setlist.show_id)).all() == [night.id]
        [doubt] = doubts(session)
        assert (doubt.show_id, "moved" in doubt.reason) == (moved.id, True)

    def test_a_setlist_that_a_person_tied_to_the_night_before_stays_there(
        self, alpha: ImportRun, session: Session
    ) -> None:
        write(alpha, listing("1"))
        tomorrow = DAY + timedelta(days=1)
        write_setlists(alpha, [played("late", HALL, day=tomorrow)])
        [doubt] = doubts(session)
        decide(session, doubt.id, Choice.CONFIRM, Person(account_id=None, at=alpha.now()))
        session.commit()
        write_setlists(alpha, [played("late", HALL, day=tomorrow, version="2")])
        session.commit()
        assert session.scalars(select(Setlist.show_id)).all() == [doubt.show_id]

    def test_on_two_nights_in_a_row_each_with_its_setlist_nobody_is_asked(
        self, alpha: ImportRun, session: Session
    ) -> None:
        tomorrow = DAY + timedelta(days=1)
        write(alpha, listing("1"), listing("2", local_date=tomorrow))
        alpha.begin("setlists")
        write_setlists(alpha, [played("b", HALL, day=tomorrow), played("a", HALL)])
        session.commit()
        assert count(session, Show) == 2
        assert doubts(session) == []

    def test_votes_stay_with_a_show_whose_date_moves(self, alpha: ImportRun, session: Session) -> None:
        write(alpha, listing("1"))
        [show] = session.scalars(select(Show))
        song = Song(artist_id=alpha.artist_id, title="One", title_folded="one")
        session.add(song)
        session.flush()
        session.add(BallotSong(show_id=show.id, song_id=song.id, wishes_guests=3))
        session.commit()
        moved = {"local_date": date(2027, 9, 9), "original_date": DAY, "status": ShowStatus.RESCHEDULED}
        write(alpha, listing("1", **moved))
        session.expire_all()
        [show] = session.scalars(select(Show))
        assert (show.local_date, show.original_date) == (date(2027, 9, 9), DAY)
        assert show.locks_at is not None
        assert show.locks_at.date() == date(2027, 9, 9)
        assert session.scalars(select(BallotSong.wishes_guests)).all() == [3]


class TestListings:
    def test_tickets_are_sold_by_the_listing_that_has_some(self, alpha: ImportRun, session: Session) -> None:
        write(alpha, listing("1", is_on_sale=False))
        write(alpha, listing("1", is_on_sale=False), listing("2"))
        assert session.scalars(select(Show.ticket_url)).all() == ["https://tickets.example/2"]
        write(alpha, listing("1", is_on_sale=False), listing("2"))
        assert session.scalars(select(Show.ticket_url)).all() == ["https://tickets.example/2"]

    def test_resale_never_takes_over_from_what_is_sold_out(self, alpha: ImportRun, session: Session) -> None:
        write(alpha, listing("1", is_on_sale=False), listing("2", source="tmr"))
        assert session.scalars(select(Show.ticket_url)).all() == ["https://tickets.example/1"]

    def test_the_same_again_changes_nothing_and_is_counted_so(
        self, alpha: ImportRun, run_of: RunOf, session: Session
    ) -> None:
        events = [
            listing("1"),
            listing("vip", name="Alpha - VIP Package", source="ticketmaster"),
            listing("2", local_time=time(23, 0)),
            listing("3", local_date=None, status=ShowStatus.POSTPONED, original_date=DAY),
        ]
        write(alpha, *events)
        assert alpha.tally.as_json()["shows"] == {"new": 3}
        assert alpha.tally.as_json()["venues"] == {"new": 1}
        rows = imported_rows(session)
        again = act(run_of, ALPHA)
        write(again, *events)
        assert imported_rows(session) == rows
        assert again.tally.as_json()["shows"] == {"unchanged": 3}
        assert again.tally.as_json()["venues"] == {"unchanged": 1}

    def test_what_changed_is_counted_as_changed(self, alpha: ImportRun, run_of: RunOf) -> None:
        write(alpha, listing("1"))
        again = act(run_of, ALPHA)
        write(again, listing("1", status=ShowStatus.CANCELLED))
        assert again.tally.as_json()["shows"] == {"changed": 1}


class TestSetlists:
    def test_one_that_names_another_artist_is_left_out_and_said(
        self, alpha: ImportRun, session: Session
    ) -> None:
        alpha.begin("setlists")
        stray = replace(played("x", HALL), artist_mbid="somebody-else")
        write_setlists(alpha, [played("a", HALL), stray, played("a", HALL)])
        session.commit()
        assert count(session, Setlist) == 1
        assert alpha.sync.skipped["setlists that name another artist"] == 1
        assert alpha.tally.as_json()["setlists"] == {"new": 1}

    def test_a_former_id_of_the_artist_is_theirs(self, alpha: ImportRun, session: Session) -> None:
        former = {"provider": "musicbrainz", "kind": "artist", "external_id": "former"}
        session.add(ExternalId(artist_id=alpha.artist_id, matched_by="same_id", confidence=1, **former))
        session.flush()
        alpha.begin("setlists")
        write_setlists(alpha, [replace(played("a", HALL), artist_mbid="former")])
        assert count(session, Setlist) == 1

    def test_a_new_version_is_counted_as_changed_and_the_same_as_unchanged(
        self, alpha: ImportRun, session: Session
    ) -> None:
        alpha.begin("setlists")
        for version in ("1", "1", "2"):
            write_setlists(alpha, [played("a", HALL, version=version)])
        session.execute(update(Setlist).values(tour=""))
        assert alpha.tally.as_json()["setlists"] == {"new": 1, "unchanged": 1, "changed": 1}
