import re
from datetime import UTC, datetime, timedelta

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from setlist.models import Artist, CronLog, FreshnessCount, QueueJob, QueuePause, SyncJob, Worker
from setlist.services.budget import Purpose
from setlist.services.cache import Cache
from setlist.services.redis_client import RedisLink
from tests.broken_redis import BreakableRedis

BOARD = {"HX-Request": "true", "HX-Target": "board"}


def _worker(session: Session, name: str, *, silent: float, stopped: bool = False) -> None:
    now = datetime.now(UTC)
    beat = now - timedelta(seconds=silent)
    session.add(
        Worker(
            id=name,
            host=name,
            pid=77,
            threads=4,
            version="0.1.0",
            heartbeat_at=beat,
            stopped_at=beat if stopped else None,
        )
    )
    session.commit()


def _words(html: str) -> str:
    return " ".join(html.split())


def test_an_empty_site_says_what_is_missing(operator: FlaskClient) -> None:
    page = _words(operator.get("/admin/").text)
    assert "2 to look at" in page
    assert "workers: none alive" in page
    assert "Start a worker process." in page
    assert "clock: none leads" in page
    assert "None runs." in page
    assert "No worker was heard of" in page


def test_htmx_gets_the_board_alone_and_it_asks_again(operator: FlaskClient) -> None:
    answer = operator.get("/admin/", headers=BOARD)
    assert answer.text.lstrip().startswith('<div id="board"')
    assert 'hx-trigger="load delay:4s, again"' in answer.text
    assert "<html" in operator.get("/admin/").text


def test_running_imports_show_how_far_they_are(
    operator: FlaskClient, session: Session, artist: Artist
) -> None:
    started = datetime.now(UTC) - timedelta(seconds=90)
    session.add(
        SyncJob(
            kind="import",
            artist_id=artist.id,
            state="running",
            phase="setlists",
            percent=60.0,
            counts={"shows": 43},
            started_at=started,
            left_seconds=110.0,
            left_at=datetime.now(UTC),
        )
    )
    session.commit()
    page = _words(operator.get("/admin/").text)
    assert "Paper Lanterns" in page
    assert 'value="60.0"' in page
    assert "/cancel" in page
    assert "60 % · setlists · 43 shows · 1 min so far, about 1 min left" in page


def test_what_failed_is_said_first_and_can_be_tried_again(operator: FlaskClient, failed: SyncJob) -> None:
    page = _words(operator.get("/admin/").text)
    assert page.index("the import of Paper Lanterns failed") < page.index("Imports</h2>")
    assert "did not answer &lt;script&gt;" in page
    assert "<script>" not in page.split('id="board"')[1]
    assert f'action="/admin/imports/{failed.id}/retry"' in page


def test_workers_show_when_they_were_heard_of(operator: FlaskClient, session: Session) -> None:
    _worker(session, "alive.example", silent=1)
    _worker(session, "frozen.example", silent=100)
    _worker(session, "gone.example", silent=50, stopped=True)
    _worker(session, "forgotten.example", silent=7200)
    page = _words(operator.get("/admin/").text)
    for host, state in (("alive", "ok"), ("frozen", "silent"), ("gone", "stopped")):
        row = page.split(f"{host}.example</th>")[1].split("</tr>")[0]
        assert f'state-{state}"' in row
    assert "forgotten.example" not in page
    assert "workers: none alive" not in page


def test_queues_show_their_counts_and_their_pauses(operator: FlaskClient, session: Session) -> None:
    now = datetime.now(UTC)
    late = now - timedelta(minutes=5)
    for number in range(3):
        session.add(QueueJob(queue="artist_import", args={"n": number}, max_attempts=5, run_at=late))
    session.add(
        QueueJob(queue="artist_import", args={}, max_attempts=5, state="dead", error="no", finished_at=now)
    )
    session.add(QueuePause(queue="trending_calc", reason="", paused_by="admin"))
    session.commit()
    page = _words(operator.get("/admin/").text)
    row = page.split("artist_import</a> </th>")[1].split("</tr>")[0]
    figures = [re.sub("<[^>]+>", "", cell).strip() for cell in row.split("</td>")[:-1]]
    assert '<a href="/admin/jobs?queue=artist_import&amp;state=waiting">3</a>' in row
    assert figures == ["3", "5 min", "0", "0", "0", "1", "0"]
    assert "artist_import: 1 job is dead" in page
    assert "trending_calc is paused" in page
    assert "queues: the oldest due job waits for 300 s" in page


def test_the_timetable_shows_the_latest_run_of_each_entry(operator: FlaskClient, session: Session) -> None:
    now = datetime.now(UTC)
    for minutes, outcome in ((20, "done"), (10, "failed")):
        started = now - timedelta(minutes=minutes)
        session.add(
            CronLog(
                name="trending",
                due_at=started,
                started_at=started,
                finished_at=started + timedelta(seconds=3),
                outcome=outcome,
                message="no room on the disk",
            )
        )
    session.commit()
    page = _words(operator.get("/admin/").text)
    assert "trending: its last run failed" in page
    row = page.split('<th scope="row">trending</th>')[1].split("</tr>")[0]
    assert "10 min ago" in row
    assert "3 s" in row
    assert page.count('<th scope="row">trending</th>') == 1


def test_providers_are_told_with_their_budgets(operator: FlaskClient) -> None:
    page = _words(operator.get("/admin/").text)
    assert "it is invented" in page
    row = page.split('<th scope="row">Ticketmaster</th>')[1].split("</tr>")[0]
    assert "sandbox" in row
    assert "closed" in row
    assert "no limit" in row


def test_a_provider_that_is_left_alone_is_a_trouble(operator: FlaskClient, app: Flask) -> None:
    gate = app.extensions["providers"].gates["spotify"]
    gate.breaker.force_open(by="a test")
    gate.budget.hold(3600, "Spotify wants no more calls for now.")
    page = _words(operator.get("/admin/").text)
    assert "Spotify is left alone: its breaker is open" in page
    assert "forced open by a test" in page
    gate.breaker.reset(by="a test")
    assert "Spotify is left alone" not in _words(operator.get("/admin/").text)


def test_a_provider_that_wants_no_calls_says_until_when(operator: FlaskClient, app: Flask) -> None:
    budget = app.extensions["providers"].gates["spotify"].budget
    budget.reserve(Purpose.IMPORT)
    budget.hold(13 * 3600, "Spotify wants no more calls for now.")
    budget.ledger.flush()
    page = _words(operator.get("/admin/").text)
    assert "Spotify is not asked before" in page
    assert "Spotify wants no more calls for now." in page


class TestTheCache:
    def test_shows_each_namespace_of_today(self, operator: FlaskClient, redis_client: redis.Redis) -> None:
        cache = Cache(redis_client)
        songs = cache.namespace("songs <of> theirs", ttl=600)
        for _ in range(4):
            songs.get_or_create("one", lambda: 1)
        songs.warm("two", lambda: 2)
        cache.close()
        page = _words(operator.get("/admin/").text)
        assert "songs &lt;of&gt; theirs" in page
        assert '<td data-label="Hit share" class="figure">75 %</td>' in page
        assert '<td data-label="Warmed used" class="figure">0 %</td>' in page

    def test_that_was_not_asked_says_so(self, operator: FlaskClient) -> None:
        assert "Nothing was asked of it today." in operator.get("/admin/").text

    def test_is_unknown_while_redis_is_away(
        self, app: Flask, operator: FlaskClient, own_redis: BreakableRedis, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        link = RedisLink(own_redis.url, seconds=0.3)
        monkeypatch.setitem(app.extensions, "cache", Cache(link.client(texts=False)))
        own_redis.stop()
        answer = operator.get("/admin/")
        assert answer.status_code == 200
        assert "Unknown: Redis, which counts, does not answer." in answer.text
        link.close()


class TestFreshness:
    def test_is_unknown_before_the_first_look(self, operator: FlaskClient) -> None:
        assert "scheduled_sync has not looked yet" in operator.get("/admin/").text

    def test_shows_what_is_due_and_stale_of_each_kind(self, operator: FlaskClient, session: Session) -> None:
        counted = datetime.now(UTC) - timedelta(minutes=4)
        for kind, stale in (("setlists", 3), ("shows", 0)):
            session.add(
                FreshnessCount(kind=kind, things=1200, due=40, stale=stale, oldest=1.734, counted_at=counted)
            )
        session.commit()
        page = _words(operator.get("/admin/").text).split("freshness-title")[2]
        assert page.index("shows</th>") < page.index("setlists</th>")
        row = page.split("setlists</th>")[1].split("</tr>")[0]
        assert [cell.rpartition(">")[2] for cell in row.split("</td>")[:-1]] == [
            "1 200",
            "40",
            "3",
            "1.73",
            "4 min ago",
        ]
        assert 'class="figure bad">3' in row
