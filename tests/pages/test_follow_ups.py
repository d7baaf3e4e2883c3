"""What an import had to do without is told where its artist is looked at."""

from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from setlist.models import Artist, SyncJob
from setlist.models.sync import SyncKind
from setlist.pipeline.start import start_follow_up
from tests.pages.catalogue import add_artist


def import_without_setlists(session: Session, artist: Artist, until: datetime) -> SyncJob:
    entry = {
        "provider": "setlistfm",
        "why": "setlist.fm wants no more calls for now.",
        "until": until.isoformat(),
        "is_told": True,
        "tries": 1,
        "place": {},
    }
    now = datetime.now(UTC)
    sync = SyncJob(
        kind=SyncKind.IMPORT,
        artist_id=artist.id,
        state="done",
        percent=100,
        started_at=now,
        finished_at=now,
        postponed={"setlists": entry},
    )
    artist.imported_at = now
    session.add(sync)
    session.flush()
    start_follow_up(session, sync)
    session.commit()
    return sync


def test_the_artist_s_page_says_what_follows_and_when(client: FlaskClient, session: Session) -> None:
    artist = add_artist(session)
    until = datetime.now(UTC) + timedelta(hours=13)
    import_without_setlists(session, artist, until)
    page = client.get(f"/artists/{artist.id}").text
    assert f"Past setlists from setlist.fm follow after {until:%H:%M} UTC" in page
    assert "is next in line" not in page


def test_once_it_is_there_nothing_is_said(client: FlaskClient, session: Session) -> None:
    artist = add_artist(session)
    sync = import_without_setlists(session, artist, datetime.now(UTC) - timedelta(seconds=1))
    follow_up = session.query(SyncJob).filter(SyncJob.id > sync.id).one()
    assert "follow shortly" in client.get(f"/artists/{artist.id}").text
    follow_up.state, follow_up.postponed = "done", {}
    session.commit()
    assert "follow shortly" not in client.get(f"/artists/{artist.id}").text


def test_what_will_not_be_tried_again_is_not_promised(client: FlaskClient, session: Session) -> None:
    artist = add_artist(session)
    sync = import_without_setlists(session, artist, datetime.now(UTC) - timedelta(seconds=1))
    session.query(SyncJob).filter(SyncJob.id > sync.id).one().state = "failed"
    session.commit()
    assert "follow shortly" not in client.get(f"/artists/{artist.id}").text


def test_a_follow_up_that_waits_is_no_import_under_way(client: FlaskClient, session: Session) -> None:
    artist = add_artist(session)
    import_without_setlists(session, artist, datetime.now(UTC) + timedelta(hours=13))
    assert client.get("/api/import/active").json == []
    assert "is next in line" not in client.get("/imports").text
