"""The job that makes pages ahead, over real pages: which it makes, and that the next visit is a hit."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import redis
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from setlist.models import QueueJob
from setlist.processors.cache_warm import cache_warm, signs
from setlist.queue.enqueue import enqueue
from setlist.services.cache import NamespaceStats
from tests.pages.catalogue import add_artist, add_show, add_song, add_to_ballot
from tests.web.conftest import MakeApp, make_app

__all__ = ["make_app"]


@pytest.fixture
def site(make_app: MakeApp) -> Iterator[Flask]:
    """Its own app and context: the job reads what is committed."""
    site = make_app(page_cache_seconds=15)
    with site.app_context():
        yield site


def nothing_asked(_: datetime) -> tuple[str, ...]:
    return ()


def run_job(session: Session) -> str | None:
    job = enqueue(session, "cache_warm", {}, dedup_key="cache_warm")
    session.commit()
    return cache_warm.run_once(job.id)


def counted(site: Flask) -> NamespaceStats:
    return next(stats for stats in site.extensions["cache"].stats() if stats.name == "pages")


class TestSigns:
    def test_shows_of_the_next_days_come_by_their_wishes(self, session: Session) -> None:
        artist = add_artist(session)
        song = add_song(session, artist, "Glass")
        few, many, none = (add_show(session, artist, in_days=2) for _ in range(3))
        add_to_ballot(session, few, song, wishes_guests=2)
        add_to_ballot(session, many, song, wishes_guests=5, wishes_accounts=1)
        add_show(session, artist, in_days=9)
        add_show(session, artist, in_days=-1)
        add_show(session, artist, in_days=2, status="cancelled")
        session.commit()
        found = signs(session, datetime.now(UTC), nothing_asked)
        assert list(found.coming) == [f"/shows/{show.id}" for show in (many, few, none)]

    def test_what_rises_comes_with_the_first_page(self, session: Session) -> None:
        artist = add_artist(session)
        song = add_song(session, artist, "Glass")
        show = add_show(session, artist, in_days=40)
        add_to_ballot(session, show, song)
        session.execute(text("INSERT INTO fans (key) VALUES (gen_random_uuid())"))
        session.execute(
            text(
                "INSERT INTO votes (show_id, song_id, fan_id, state, by_account)"
                " SELECT :show, :song, id, 'on', false FROM fans"
            ),
            {"show": show.id, "song": song.id},
        )
        session.execute(text("SELECT refresh_trending_data()"))
        session.commit()
        found = signs(session, datetime.now(UTC), nothing_asked)
        assert list(found.rising) == ["/", f"/artists/{artist.id}", f"/shows/{show.id}"]

    @pytest.mark.parametrize(("minute", "hour"), [(20, 19), (55, 20)])
    def test_hours_are_those_of_the_minutes_to_come(self, session: Session, minute: int, hour: int) -> None:
        now = datetime(2026, 3, 12, 19, minute, tzinfo=UTC)

        def asked_at(moment: datetime) -> tuple[str, ...]:
            return (f"{moment:%d %H}",)

        found = signs(session, now, asked_at)
        assert (found.yesterday, found.week_ago) == ((f"11 {hour}",), (f"05 {hour}",))


def test_the_next_visits_are_hits_and_what_was_used_is_counted(site: Flask, session: Session) -> None:
    artist = add_artist(session)
    shows = [add_show(session, artist, in_days=1) for _ in range(3)]
    session.commit()
    assert run_job(session) == "done"
    assert counted(site).warmed == 4  # with the first page
    for address in (f"/shows/{shows[0].id}", "/"):
        assert site.test_client().get(address).status_code == 200
    found = counted(site)
    assert (found.hits, found.misses, found.warmed_used_share) == (2, 0, 0.5)


def test_pages_that_were_asked_for_yesterday_at_this_hour_are_made(
    site: Flask, session: Session, redis_client: redis.Redis
) -> None:
    artist = add_artist(session)
    session.commit()
    hour = datetime.now(UTC) + timedelta(minutes=10) - timedelta(days=1)
    asked = {f"/artists/{artist.id}": 3, "/shows/404": 9, "/admin/": 9}
    redis_client.zadd(f"pages-asked:{hour:%Y-%m-%dT%H}", asked)
    assert run_job(session) == "done"
    assert site.extensions["page_cache"]._pages.lookup(f"/artists/{artist.id}").warmed
    assert counted(site).warmed == 2


def test_pages_that_visitors_keep_fresh_are_left_alone(site: Flask, session: Session) -> None:
    site.test_client().get("/")
    assert run_job(session) == "done"
    assert counted(site).warmed == 0


def test_with_the_cache_switched_off_nothing_is_made(app: Flask, session: Session) -> None:
    assert run_job(session) == "done"
    assert session.scalars(select(QueueJob.state)).all() == ["done"]
