import http.client
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from setlist.extensions import db
from setlist.models import QueueJob, SyncJob
from tests.api.conftest import Importing, Serve, Server
from tests.api.reading import events_of, lines_of
from tests.web.conftest import MakeApp

PROGRESS = "/api/import/progress"


class TestActive:
    def test_lists_what_waits_or_runs_with_its_pace(self, client: FlaskClient, importing: Importing) -> None:
        importing.step(25.0, left=90.0)
        (listed,) = client.get("/api/import/active").json
        assert listed["id"] == importing.id
        assert listed["artist"]["name"] == "Paper Lanterns"
        assert (listed["state"], listed["phase"], listed["percent"]) == ("running", "shows", 25.0)
        assert listed["counts"] == {"shows": 25}
        assert listed["elapsed_seconds"] >= 30
        assert 60 < listed["left_seconds"] <= 90
        assert client.get(listed["progress_url"], method="HEAD").status_code == 200

    def test_says_what_it_spent_and_how_far_off_the_time_left_usually_is(
        self, client: FlaskClient, session: Session, importing: Importing
    ) -> None:
        done = {"kind": "import", "artist_id": importing.sync.artist_id, "state": "done"}
        now = datetime.now(UTC)
        session.add_all(SyncJob(**done, finished_at=now, estimate_error=error) for error in (0.1, 0.2, 0.6))
        job = QueueJob(queue="artist_import", args={}, max_attempts=5, attempts=2, state="running")
        session.add(job)
        session.flush()
        sync = importing.sync
        sync.queue_job_id, sync.runs = job.id, 3
        sync.calls, sync.phase_seconds = {"setlistfm": 7}, {"shows": 9.5}
        importing.step(25.0)
        (listed,) = client.get("/api/import/active").json
        assert (listed["calls"], listed["phase_seconds"]) == ({"setlistfm": 7}, {"shows": 9.5})
        assert (listed["attempt"], listed["runs"], listed["estimate_error"]) == (2, 3, 0.2)
        assert (listed["waits_until"], listed["why"], listed["is_being_cancelled"]) == (None, "", False)

    @pytest.mark.parametrize(
        ("error", "why"),
        [
            ("setlist.fm allows no more calls.", "It waits for setlist.fm."),
            ("DataError: SELECT secret", "Something went wrong on our side."),
            (None, ""),
        ],
    )
    def test_one_that_is_put_off_says_until_when_and_why_and_promises_nothing(
        self, client: FlaskClient, session: Session, importing: Importing, error: str | None, why: str
    ) -> None:
        run_at = datetime.now(UTC) + timedelta(hours=1)
        job = QueueJob(queue="artist_import", args={}, max_attempts=5, run_at=run_at, error=error)
        session.add(job)
        session.flush()
        importing.sync.queue_job_id = job.id
        importing.step(25.0, left=90.0)
        (listed,) = client.get("/api/import/active").json
        assert datetime.fromisoformat(listed["waits_until"]) == run_at
        assert (listed["why"], listed["left_seconds"]) == (why, None)

    def test_leaves_out_what_has_ended(self, client: FlaskClient, importing: Importing) -> None:
        importing.end()
        assert client.get("/api/import/active").json == []

    def test_of_nothing_is_an_empty_list(self, client: FlaskClient) -> None:
        assert client.get("/api/import/active").json == []


class TestStatistics:
    def test_counts_what_ended_within_each_window_and_how_long_it_took(
        self, client: FlaskClient, session: Session, importing: Importing
    ) -> None:
        now, artist = datetime.now(UTC), importing.sync.artist_id
        for days, took, state in ((0.5, 10, "done"), (0.6, 20, "done"), (0.7, 5, "failed"), (9, 60, "done")):
            at = now - timedelta(days=days)
            sync = SyncJob(kind="import", artist_id=artist, state=state, finished_at=at, estimate_error=0.1)
            sync.started_at, sync.phase_seconds = at - timedelta(seconds=took), {"shows": took / 2}
            session.add(sync)
        session.add(SyncJob(kind="setlist_sync", artist_id=artist, state="failed", finished_at=now))
        session.commit()
        answer = client.get("/api/import/statistics").json
        day, week, month = answer["windows"]
        assert (day["window"], day["imports"], day["done"], day["failed"]) == ("24 hours", 3, 2, 1)
        assert day["failure_rate"] == pytest.approx(1 / 3)
        assert (day["median"], day["p95"]) == (pytest.approx(15), pytest.approx(19.5))
        [shows] = day["phases"]
        assert (shows["phase"], shows["imports"], shows["median"]) == ("shows", 2, pytest.approx(7.5))
        assert week["imports"] == 3
        assert (month["imports"], month["median"]) == (4, pytest.approx(20))
        assert answer["usual_error"] == pytest.approx(0.1)

    def test_of_nothing_nothing_is_known(self, client: FlaskClient) -> None:
        answer = client.get("/api/import/statistics").json
        assert {one["failure_rate"] for one in answer["windows"]} == {None}
        assert {one["median"] for one in answer["windows"]} == {None}
        assert answer["usual_error"] is None


class TestProgress:
    def test_events_carry_the_time_left_that_was_told_then(
        self, server: Server, importing: Importing
    ) -> None:
        importing.step(10.0, left=42.0)
        importing.step(20.0)
        importing.end()
        events = list(events_of(server.get(f"{PROGRESS}?id={importing.id}")))
        assert [event.data["left_seconds"] for event in events] == [42.0, None, 0.0, 0.0]

    def test_replays_what_happened_and_ends_with_the_import(
        self, server: Server, importing: Importing
    ) -> None:
        ids = [importing.step(10.0), importing.step(60.0, "setlists"), importing.end()]
        answer = server.get(f"{PROGRESS}?id={importing.id}")
        assert answer.status == 200
        assert answer.getheader("Content-Type") == "text/event-stream; charset=utf-8"
        assert answer.getheader("X-Accel-Buffering") == "no"
        assert answer.getheader("Cache-Control") == "no-store"
        events = list(events_of(answer))
        assert [event.id for event in events] == [*map(str, ids), str(ids[-1])]
        assert [event.name for event in events] == ["progress"] * 3 + ["end"]
        assert [event.data["percent"] for event in events] == [10.0, 60.0, 100.0, 100.0]
        first, last = events[0].data, events[-1].data
        assert set(first) == {"state", "phase", "percent", "counts", "elapsed_seconds", "left_seconds"}
        assert (first["phase"], first["counts"]) == ("shows", {"shows": 10})
        assert (last["state"], last["left_seconds"]) == ("done", 0.0)

    def test_goes_on_after_the_last_event_that_the_client_saw(
        self, server: Server, importing: Importing
    ) -> None:
        ids = [importing.step(percent) for percent in (10.0, 20.0, 30.0)]
        importing.end()
        by_header = server.get(f"{PROGRESS}?id={importing.id}&after={ids[0]}", Last_Event_ID=str(ids[1]))
        assert [event.data["percent"] for event in events_of(by_header)] == [30.0, 100.0, 100.0]
        by_query = server.get(f"{PROGRESS}?id={importing.id}&after={ids[2]}")
        assert [event.data["percent"] for event in events_of(by_query)] == [100.0, 100.0]

    def test_tells_of_each_step_as_it_happens(self, server: Server, importing: Importing) -> None:
        importing.step(10.0)
        events = events_of(server.get(f"{PROGRESS}?id={importing.id}"))
        assert next(events).data["percent"] == 10.0
        for percent in (20.0, 30.0):
            importing.step(percent)
            assert next(events).data["percent"] == percent
        importing.end("failed")
        assert [(event.name, event.data["state"]) for event in events] == [
            ("progress", "failed"),
            ("end", "failed"),
        ]

    def test_finds_by_itself_what_nobody_told(self, server: Server, importing: Importing) -> None:
        events = events_of(server.get(f"{PROGRESS}?id={importing.id}"))
        importing.step(15.0, told=False)
        assert next(events).data["percent"] == 15.0

    def test_works_with_redis_down(self, make_app: MakeApp, serve: Serve, importing: Importing) -> None:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            gone = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        importing.step(10.0)
        events = events_of(serve(make_app(redis_url=gone)).get(f"{PROGRESS}?id={importing.id}"))
        assert next(events).data["percent"] == 10.0
        importing.step(20.0)
        assert next(events).data["percent"] == 20.0
        importing.end()
        assert [event.name for event in events] == ["progress", "end"]

    def test_ends_when_the_artist_is_deleted(
        self, server: Server, importing: Importing, session: Session
    ) -> None:
        events = events_of(server.get(f"{PROGRESS}?id={importing.id}"))
        importing.step(10.0)
        next(events)
        session.execute(text("DELETE FROM artists"))
        session.commit()
        assert [(event.name, event.data) for event in events] == [("end", {"state": "deleted"})]

    def test_starts_by_saying_when_to_come_again(self, server: Server, importing: Importing) -> None:
        assert next(lines_of(server.get(f"{PROGRESS}?id={importing.id}"))) == "retry: 3000"

    def test_holds_no_database_connection_while_it_waits(
        self, server: Server, importing: Importing, app: Flask
    ) -> None:
        importing.step(10.0)
        streams = [events_of(server.get(f"{PROGRESS}?id={importing.id}")) for _ in range(3)]
        for events in streams:
            next(events)
        importing.session.close()
        _eventually(lambda: db.engine.pool.checkedout() == 0)


class TestRefusals:
    @pytest.mark.parametrize(
        "query", ["", "?id=", "?id=x", "?id=-1", "?id=1.5", "?id=" + "9" * 19, "?id=1&after=x", "?id=٣"]
    )
    def test_what_is_no_number_is_400(self, client: FlaskClient, query: str) -> None:
        answer = client.get(PROGRESS + query)
        assert (answer.status_code, answer.content_type) == (400, "application/problem+json")

    def test_a_last_event_id_that_is_no_number_is_400(
        self, client: FlaskClient, importing: Importing
    ) -> None:
        answer = client.get(f"{PROGRESS}?id={importing.id}", headers={"Last-Event-ID": "abc"})
        assert answer.status_code == 400

    def test_an_unknown_import_is_404(self, client: FlaskClient) -> None:
        answer = client.get(f"{PROGRESS}?id=999999999999999999")
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
        assert answer.json["detail"] == "There is no such import."


class TestTheCap:
    @pytest.fixture
    def capped(self, make_app: MakeApp, serve: Serve) -> Server:
        return serve(make_app(event_streams=2))

    def test_beyond_it_a_stream_is_refused_and_pages_are_served(
        self, capped: Server, importing: Importing
    ) -> None:
        importing.step(10.0)
        open_ones = [capped.get(f"{PROGRESS}?id={importing.id}") for _ in range(2)]
        refused = capped.get(f"{PROGRESS}?id={importing.id}")
        assert refused.status == 503
        assert int(refused.getheader("Retry-After") or 0) > 0
        assert refused.getheader("Content-Type") == "application/problem+json"
        assert capped.get("/api/import/active").status == 200
        assert [answer.status for answer in open_ones] == [200, 200]

    def test_a_stream_that_ended_makes_room(self, capped: Server, importing: Importing) -> None:
        importing.end()
        for _ in range(5):
            assert [event.name for event in events_of(capped.get(f"{PROGRESS}?id={importing.id}"))][
                -1
            ] == "end"

    def test_a_client_that_left_makes_room(self, capped: Server, importing: Importing) -> None:
        importing.step(10.0)
        for _ in range(2):
            leaving = capped.get(f"{PROGRESS}?id={importing.id}")
            next(events_of(leaving))
            leaving.close()
        progress = iter(range(11, 99))

        def has_room() -> bool:
            importing.step(float(next(progress)))  # the server notices by writing
            return capped.get(f"{PROGRESS}?id={importing.id}").status == 200

        _eventually(has_room)

    def test_asking_for_the_head_alone_takes_no_place(self, capped: Server, importing: Importing) -> None:
        for _ in range(5):
            connection = http.client.HTTPConnection("127.0.0.1", capped.port, timeout=10)
            connection.request("HEAD", f"{PROGRESS}?id={importing.id}")
            assert connection.getresponse().status == 200
            connection.close()

    def test_none_allowed_means_none(self, make_app: MakeApp, importing: Importing) -> None:
        client = make_app(event_streams=0).test_client()
        assert client.get(f"{PROGRESS}?id={importing.id}").status_code == 503


def _eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_streams_share_the_subscription_pool_without_using_it_up(
    server: Server, importing: Importing, redis_client: redis.Redis
) -> None:
    importing.end()
    for _ in range(70):  # more than the pool has connections
        assert list(events_of(server.get(f"{PROGRESS}?id={importing.id}")))[-1].name == "end"
    assert redis_client.ping()
