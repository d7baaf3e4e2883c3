"""The app on a real socket, and an artist whose import is written as a worker writes it."""

import http.client
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import redis
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from setlist.models import Artist, SyncJob, SyncProgress
from setlist.models.sync import progress_channel
from tests.web.conftest import client, make_app

__all__ = ["client", "make_app"]

Serve = Callable[[Flask], "Server"]


@dataclass
class Server:
    port: int
    answers: list[http.client.HTTPResponse] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> http.client.HTTPResponse:
        """An answer whose body is still to be read, on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(
            "GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        answer = connection.getresponse()
        connection.close()  # the answer keeps the socket until it is closed itself
        self.answers.append(answer)
        return answer


@pytest.fixture
def serve(session: Session, redis_client: redis.Redis) -> Iterator[Serve]:
    running = []
    clients = []

    def start(app: Flask) -> Server:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        server.daemon_threads = False  # so that closing it waits for what it still answers
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        running.append((server, thread))
        clients.append(Server(port=server.server_port))
        return clients[-1]

    yield start
    for asking in clients:
        for answer in asking.answers:
            answer.close()
    _end_imports(session, redis_client)
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def server(app: Flask, serve: Serve) -> Server:
    return serve(app)


def _end_imports(session: Session, redis_client: redis.Redis) -> None:
    """So that every stream ends."""
    session.rollback()
    ended = session.scalars(text("UPDATE sync_jobs SET state = 'cancelled' RETURNING id")).all()
    session.commit()
    for sync_id in ended:
        redis_client.publish(progress_channel(sync_id), "")


class Importing:
    """One import, step by step."""

    def __init__(self, session: Session, redis_client: redis.Redis) -> None:
        self.session = session
        self.redis = redis_client
        artist = Artist(name="Paper Lanterns", name_folded="paper lanterns")
        session.add(artist)
        session.flush()
        began = datetime.now(UTC) - timedelta(seconds=30)
        self.sync = SyncJob(kind="import", artist_id=artist.id, state="running", started_at=began)
        session.add(self.sync)
        session.commit()
        self.id = self.sync.id

    def step(
        self, percent: float, phase: str = "shows", *, told: bool = True, left: float | None = None
    ) -> int:
        self.sync.percent = percent
        self.sync.left_seconds, self.sync.left_at = left, datetime.now(UTC)
        self.sync.phase = phase
        self.sync.counts = {"shows": int(percent)}
        return self._record(told=told)

    def end(self, state: str = "done") -> int:
        self.sync.state = state
        self.sync.finished_at = datetime.now(UTC)
        return self.step(100.0 if state == "done" else self.sync.percent, "")

    def _record(self, *, told: bool) -> int:
        event = SyncProgress(
            sync_job_id=self.id,
            state=self.sync.state,
            phase=self.sync.phase,
            percent=self.sync.percent,
            counts=self.sync.counts,
            left_seconds=self.sync.left_seconds,
        )
        self.session.add(event)
        self.session.commit()
        if told:
            self.redis.publish(progress_channel(self.id), str(event.id))
        return event.id


@pytest.fixture
def importing(session: Session, redis_client: redis.Redis) -> Importing:
    return Importing(session, redis_client)
