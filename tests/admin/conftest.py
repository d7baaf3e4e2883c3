"""Somebody signed in, and an artist whose import failed."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from setlist.models import Artist, Mail, QueueJob, SyncJob
from tests.web.accounts import sign_in_as
from tests.web.conftest import client

__all__ = ["client"]


@pytest.fixture
def operator(client: FlaskClient, session: Session) -> FlaskClient:
    sign_in_as(client, session, "admin")
    return client


@pytest.fixture
def artist(session: Session) -> Artist:
    made = Artist(mbid=str(uuid.uuid4()), name="Paper Lanterns", name_folded="paper lanterns")
    session.add(made)
    session.commit()
    return made


@pytest.fixture
def failed(session: Session, artist: Artist) -> SyncJob:
    now = datetime.now(UTC)
    sync = SyncJob(
        kind="import",
        artist_id=artist.id,
        state="failed",
        percent=40.0,
        counts={"shows": 12},
        error="setlist.fm did not answer <script>",
        started_at=now - timedelta(minutes=3),
        finished_at=now - timedelta(minutes=2),
    )
    session.add(sync)
    session.commit()
    return sync


@pytest.fixture
def dead_job(session: Session) -> QueueJob:
    job = QueueJob(
        queue="cleanup", args={}, state="dead", max_attempts=5, error="no", finished_at=datetime.now(UTC)
    )
    session.add(job)
    session.commit()
    return job


@pytest.fixture
def kept_mail(session: Session) -> Mail:
    mail = Mail(recipient="fan@example.org", kind="test", subject="A try", body="A text", state="kept")
    session.add(mail)
    session.commit()
    return mail
