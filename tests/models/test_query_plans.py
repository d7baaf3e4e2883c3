"""No page, poll or beat of the clock reads a large table from end to end."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from config import Settings
from setlist.api.events import ImportEvents
from setlist.app import create_app
from setlist.extensions import db
from setlist.pipeline.asked import asked
from setlist.pipeline.due import artists, venues
from setlist.pipeline.start import active_import
from setlist.queue.aftermath import settle_imports, settle_mails
from setlist.queue.by_hand import (
    DeadOnes,
    attempts_of,
    cancel_waiting_batch,
    count_dead,
    discard,
    discard_batch,
    retry,
)
from setlist.queue.cancel import cancel
from setlist.queue.claim import claim, renew_all
from setlist.queue.dispatch import sweep
from setlist.queue.enqueue import enqueue
from setlist.queue.finding import STATES, Place, Wanted, find_jobs
from setlist.queue.finish import hand_back
from setlist.queue.history import counted_until, history, sums
from setlist.queue.minutes import record_minutes
from setlist.queue.names import QUEUES
from setlist.queue.reap import reap
from setlist.queue.registry import workers
from setlist.queue.stats import CAP
from setlist.web import limits
from tests.models.large import build
from tests.models.plans import Sent, watched, whole_reads
from tests.servers import let_go, scratch_postgres
from tests.web.accounts import sign_in_as
from tests.web.conftest import Visitor

HTMX = {"HX-Request": "true"}


@pytest.fixture(scope="module")
def crowded(
    migrated_app: Flask, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """An app over a large database of its own, which the tests only add to."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", str(settings.database_url))
        with scratch_postgres(tmp_path_factory.mktemp("crowded")) as url:
            own = url.replace("postgresql://", "postgresql+psycopg://")
            made = create_app(settings.model_copy(update={"database_url": own}))
            made.test_client_class = Visitor
            with made.app_context():
                upgrade()
                with db.engine.connect() as connection:
                    connection.execute(text("SET statement_timeout = 0"))
                    build(connection)
                    connection.execute(text("RESET statement_timeout"))
            yield made
            let_go(made)
            limits.install(migrated_app, settings)  # the limiter is one for the process


@pytest.fixture
def engine(crowded: Flask) -> Engine:
    with crowded.app_context():
        return db.engine


@pytest.fixture
def visitor(crowded: Flask, redis_client: object) -> FlaskClient:
    return crowded.test_client()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session
        session.rollback()


def one(engine: Engine, query: str) -> int:
    with engine.connect() as connection:
        found = connection.scalar(text(query))
    assert found is not None
    return int(found)


OPEN_SHOW = """
    SELECT s.id FROM shows s JOIN ballot_songs b ON b.show_id = s.id
    WHERE s.locks_at > now() + interval '1 day' AND s.status = 'scheduled' ORDER BY s.id LIMIT 1"""
PLAYED_SHOW = """
    SELECT s.id FROM shows s JOIN setlists l ON l.show_id = s.id
    WHERE s.locks_at < now() AND NOT l.is_stub AND l.artist_id = 1 LIMIT 1"""
RUNNING_IMPORT = "SELECT max(id) FROM sync_jobs WHERE state = 'running'"
WAITING_JOB = "SELECT min(id) FROM queue_jobs WHERE state = 'queued' AND queue = 'artist_search'"


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("/", None),
        ("/search?q=a", None),
        ("/search?q=ab cd", None),
        ("/search?q=!!!", None),
        ("/search/candidates?q=search 77", None),
        ("/artists/1", None),
        ("/artists/1?songs=all&page=3", None),
        ("/artists/77", None),
        ("/venues/1", None),
        ("/venues/77", None),
        ("/shows/{}", OPEN_SHOW),
        ("/shows/{}?fan=1", OPEN_SHOW),
        ("/shows/{}", PLAYED_SHOW),
        ("/_fan/shows/{}", OPEN_SHOW),
        ("/imports", None),
        ("/imports/{}/progress", RUNNING_IMPORT),
        ("/imports/{}/progress?seen=nothing", RUNNING_IMPORT),
        ("/imports?before=99999999", None),
        ("/api/import/active", None),
        ("/api/import/statistics", None),
        ("/api/queues/stats", None),
        ("/api/health", None),
    ],
)
def test_what_is_opened_again_and_again(
    visitor: FlaskClient, engine: Engine, address: str, query: str | None
) -> None:
    address = address.format(one(engine, query) if query else "")
    headers = HTMX | {"HX-Target": "import_progress"} if "seen" in address else {}
    with watched(engine) as sent:
        answer = visitor.get(address, headers=headers)
    assert answer.status_code in {200, 503}
    assert sent or "!!!" in address
    _refuse(engine, sent)


def test_a_wish_and_the_fans_own_marks(visitor: FlaskClient, engine: Engine) -> None:
    show_id = one(engine, OPEN_SHOW)
    song_id = one(engine, f"SELECT min(song_id) FROM ballot_songs WHERE show_id = ({OPEN_SHOW})")  # noqa: S608
    address = f"/shows/{show_id}/songs/{song_id}/wish"
    with watched(engine) as sent:
        for wish in ("on", "on", "off", "on"):
            answer = visitor.post(address, data={"wish": wish}, headers=HTMX | {"HX-Target": "song"})
            assert answer.status_code == 200
        assert f"song-{song_id}" in visitor.get(f"/_fan/shows/{show_id}").text
        assert visitor.get(f"/shows/{show_id}?fan=1").status_code == 200
    _refuse(engine, sent)


def test_asking_for_a_search_and_for_an_import(visitor: FlaskClient, engine: Engine) -> None:
    with watched(engine) as sent:
        assert visitor.post("/search/lookups", data={"q": "Somebody new"}).status_code == 303
        assert visitor.post("/artists/99/import").status_code == 303
        assert visitor.post("/artists/99/import").status_code == 303
    _refuse(engine, sent)


def test_the_operators_dashboard_and_their_pages_of_queues(
    visitor: FlaskClient, engine: Engine, crowded: Flask
) -> None:
    dead = one(engine, "SELECT max(id) FROM queue_jobs WHERE state = 'dead'")
    with crowded.app_context():
        sign_in_as(visitor, db.session(), "admin")
    pages = ("", "queues", "queues/artist_search", "jobs", f"jobs/{dead}", "jobs/discard", "workers")
    pages += ("imports", "imports?state=failed")
    pages += ("outbox", "outbox?state=failed", "outbox?before=900", "outbox/7")
    with watched(engine) as sent:
        for page in pages:
            assert visitor.get(f"/admin/{page}").status_code == 200
        for path in ("stats", "history"):
            assert visitor.get(f"/api/queues/{path}").status_code == 200
    _refuse(engine, sent)


def test_the_event_stream_of_an_import(engine: Engine) -> None:
    sync_id = one(engine, RUNNING_IMPORT)
    events = ImportEvents(engine=engine, redis=None, sync_id=sync_id, after=0, longest_seconds=0)
    with watched(engine) as sent:
        events._look(0)
    _refuse(engine, sent)


@pytest.mark.parametrize(
    "beat",
    [
        lambda session: sweep(session, dict.fromkeys(QUEUES, 0)),
        lambda session: sweep(session, dict.fromkeys(QUEUES, 100)),
        reap,
        settle_imports,
        settle_mails,
        lambda session: active_import(session, 77),
        lambda session: record_minutes(session, datetime.now(UTC)),
    ],
    ids=["dispatcher", "dispatcher behind", "reaper", "settling", "mails", "active import", "minutes"],
)
def test_what_the_clock_does_each_second(
    session: Session, engine: Engine, beat: Callable[[Session], object]
) -> None:
    with watched(engine) as sent:
        beat(session)
    assert sent
    _refuse(engine, sent)


def test_the_life_of_a_job(session: Session, engine: Engine) -> None:
    waiting = one(engine, WAITING_JOB)
    with watched(engine) as sent:
        enqueue(session, "artist_search", {}, dedup_key="somebody", run_at=datetime.now(UTC))
        lease = claim(session, "artist_search", waiting, worker="one", seconds=10)
        assert lease is not None
        renew_all(session, [lease])
        hand_back(session, lease, "a test")
        cancel(session, waiting)
    _refuse(engine, sent)


@pytest.mark.parametrize("queue", ["", "artist_search"])
@pytest.mark.parametrize("state", ["", *STATES])
@pytest.mark.parametrize("words", ["", "rare"])
def test_a_page_of_jobs(session: Session, engine: Engine, queue: str, state: str, words: str) -> None:
    place = Place(id=150_000, at=datetime.now(UTC) - timedelta(hours=9))
    with watched(engine) as sent:
        for after in (None, place):
            find_jobs(session, Wanted(queue=queue, state=state, words=words, after=after))
    _refuse(engine, sent)


def test_what_operators_do_about_jobs(session: Session, engine: Engine) -> None:
    now = datetime.now(UTC)
    dead = one(engine, "SELECT min(id) FROM queue_jobs WHERE state = 'dead'")
    with watched(engine) as sent:
        retry(session, dead)
        discard(session, dead + 1)
        which = DeadOnes(until=now, queue="artist_search", words="no")
        count_dead(session, which, cap=CAP)
        discard_batch(session, which)
        cancel_waiting_batch(session, "artist_search", until=now, reason="a test")
        attempts_of(session, dead, limit=50)
    _refuse(engine, sent)


def test_the_history_of_queues_and_the_workers(session: Session, engine: Engine) -> None:
    now = datetime.now(UTC)
    with watched(engine) as sent:
        sums(session, now, 24 * 60)
        history(session, now, 60)
        history(session, now, 24 * 60, queue="artist_search")
        counted_until(session)
        workers(session, now, 12.0)
    _refuse(engine, sent)


def test_what_is_under_way_and_what_was_in_vain(session: Session, engine: Engine) -> None:
    with watched(engine) as sent:
        asked(session, datetime.now(UTC))
    _refuse(engine, sent)


def test_how_old_everything_is_takes_one_statement_for_artists_and_one_for_venues(
    session: Session, engine: Engine
) -> None:
    """They read whole what they are about: an index over twenty thousand artists would save nothing."""
    now = datetime.now(UTC)
    with watched(engine) as sent:
        found = list(artists(session, now))
        list(venues(session, now))
    assert len(found) == 20_000
    assert [sum(part in one.statement for one in sent) for part in ("WITH kept", "FROM venues")] == [1, 1]
    assert "votes" not in " ".join(whole_reads(engine, sent))


def test_a_table_without_a_fitting_index_is_noticed(engine: Engine) -> None:
    with watched(engine) as sent, engine.connect() as connection:
        connection.execute(text("SELECT id FROM songs WHERE title = 'Song 7'"))
        connection.execute(text("SELECT count(title_folded) FROM song_aliases"))
        connection.execute(text("SELECT id FROM songs WHERE id = 7"))
    noticed = whole_reads(engine, sent)
    assert [re.match(r"\w+", found)[0] for found in noticed] == ["songs", "song_aliases"]


def _refuse(engine: Engine, sent: list[Sent]) -> None:
    noticed = whole_reads(engine, sent)
    assert not noticed, "\n".join(noticed)
