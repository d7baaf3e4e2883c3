from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from config import Settings
from setlist.models import QueueJob, Worker
from setlist.models.queue import QueueMinute
from setlist.queue.history import last_end
from setlist.queue.names import QUEUES
from setlist.queue.pause import pause

MINUTE = timedelta(minutes=1)


def minute(session: Session, back: int, queue: str = "cleanup", **figures: object) -> datetime:
    """That ended so many minutes before the last one that is told."""
    usual = {"done": 0, "failed": 0, "lost": 0, "dead": 0, "waiting": 0}
    at = last_end(datetime.now(UTC)) - (back + 1) * MINUTE
    session.add(QueueMinute(queue=queue, minute=at, **usual | figures))
    session.commit()
    return at


def of_queue(client: FlaskClient, name: str) -> dict[str, Any]:
    found = client.get("/api/queues/stats").json
    return next(queue for queue in found["queues"] if queue["queue"] == name)


class TestStats:
    def test_every_queue_has_its_figures(self, client: FlaskClient, session: Session) -> None:
        session.add(QueueJob(queue="artist_import", args={}, max_attempts=5))
        session.commit()
        found = client.get("/api/queues/stats").json
        assert [queue["queue"] for queue in found["queues"]] == list(QUEUES)
        imports = next(queue for queue in found["queues"] if queue["queue"] == "artist_import")
        assert (imports["waiting"], imports["running"], imports["dead"]) == (1, 0, 0)
        assert imports["oldest_waiting_seconds"] >= 0
        assert found["count_cap"] > 0

    def test_a_queue_says_how_it_is_run(self, client: FlaskClient, settings: Settings) -> None:
        cleanup, trending = of_queue(client, "cleanup"), of_queue(client, "trending_calc")
        assert (cleanup["group"], cleanup["at_once"], cleanup["keep_days"]) == ("background", 1, 30)
        assert (cleanup["time_limit_seconds"], cleanup["attempts"]) == (7_200, settings.job_attempts)
        assert trending["attempts"] == 2

    def test_a_pause_is_told_with_since_when_and_why(self, client: FlaskClient, session: Session) -> None:
        assert of_queue(client, "cleanup")["paused_since"] is None
        pause(session, "cleanup", reason="a <full> disk", by="somebody@example.org")
        session.commit()
        told = of_queue(client, "cleanup")
        assert (told["paused"], told["paused_because"]) == (True, "a <full> disk")
        assert datetime.fromisoformat(told["paused_since"]) <= datetime.now(UTC)
        assert "somebody" not in str(told)

    def test_rates_failures_and_times_are_those_of_the_minutes(
        self, client: FlaskClient, session: Session
    ) -> None:
        minute(session, 0, done=10, failed=1, wait_p50=10.0, wait_p95=20.0, run_p50=5.0, run_p95=6.0)
        newest = minute(session, -1)  # one that a clock may still be writing
        minute(session, 30, done=50, lost=2, dead=1, wait_p50=40.0, wait_p95=20.0, run_p50=5.0, run_p95=6.0)
        minute(session, 60, done=999)
        told = of_queue(client, "cleanup")
        assert (told["per_minute_5"], told["per_minute_60"]) == (2, 1)
        assert (told["failed_60"], told["lost_60"], told["dead_60"]) == (1, 2, 1)
        assert (told["wait_p50_ms"], told["wait_p95_ms"]) == (35, 20)
        assert (told["run_p50_ms"], told["run_p95_ms"]) == (5, 6)
        until = client.get("/api/queues/stats").json["counted_until"]
        assert datetime.fromisoformat(until) == newest + MINUTE

    def test_what_was_never_counted_is_unknown(self, client: FlaskClient) -> None:
        assert of_queue(client, "cleanup")["wait_p50_ms"] is None
        assert client.get("/api/queues/stats").json["counted_until"] is None

    def test_workers_are_counted_by_group(self, client: FlaskClient, session: Session) -> None:
        now = datetime.now(UTC)
        for name, silent in (("one", 0), ("two", 0), ("three", 60)):
            beat = now - timedelta(seconds=silent)
            session.add(
                Worker(
                    id=name,
                    host="h",
                    pid=1,
                    worker_group="imports",
                    threads=4,
                    version="1",
                    heartbeat_at=beat,
                )
            )
        session.add(
            QueueJob(queue="artist_import", args={}, max_attempts=5, state="running", lease_owner="one")
        )
        session.commit()
        workers = client.get("/api/queues/stats").json["workers"]
        assert workers["imports"] == {"alive": 2, "threads": 8, "busy": 1}
        assert workers["short"] == {"alive": 0, "threads": 0, "busy": 0}


class TestHistory:
    def test_minutes_come_in_order_of_all_queues_or_of_one(
        self, client: FlaskClient, session: Session
    ) -> None:
        late = minute(session, 0, done=3, run_p95=12.34, waiting=2, oldest_seconds=70.0)
        minute(session, 0, "artist_search", done=1)
        minute(session, 9, done=2)
        minute(session, 60, done=4)
        told = client.get("/api/queues/history").json["minutes"]
        assert [(row["queue"], row["done"]) for row in told] == [
            ("cleanup", 2),
            ("artist_search", 1),
            ("cleanup", 3),
        ]
        assert datetime.fromisoformat(told[2]["minute"]) == late
        assert (told[2]["run_p95_ms"], told[2]["run_p50_ms"]) == (12.3, None)
        assert (told[2]["waiting"], told[2]["oldest_seconds"]) == (2, 70)
        one = client.get("/api/queues/history?queue=cleanup&minutes=1440").json["minutes"]
        assert [row["done"] for row in one] == [4, 2, 3]
        assert client.get("/api/queues/history?minutes=5").json["minutes"] == told[1:]

    @pytest.mark.parametrize("query", ["queue=nobody", "queue=%00"])
    def test_a_queue_that_is_none_is_not_found(self, client: FlaskClient, query: str) -> None:
        assert client.get(f"/api/queues/history?{query}").status_code == 404

    @pytest.mark.parametrize("minutes", ["0", "-1", "x", "1.5", "", "181", "9" * 40, "²"])
    def test_how_far_back_is_bounded(self, client: FlaskClient, minutes: str) -> None:
        answer = client.get("/api/queues/history", query_string={"minutes": minutes})
        assert answer.status_code == 400
        assert "from 1 to 180" in answer.json["detail"]

    def test_one_queue_alone_may_go_back_a_day(self, client: FlaskClient) -> None:
        assert client.get("/api/queues/history?queue=cleanup&minutes=1440").status_code == 200
        assert client.get("/api/queues/history?queue=cleanup&minutes=1441").status_code == 400
