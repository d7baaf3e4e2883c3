from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from setlist.models import Artist, QueueJob, SyncJob
from setlist.pages.story import story_of, time_left
from tests.pages.catalogue import NOW, add_artist, add_import


def running(**more: object) -> SyncJob:
    given = {"state": "running", "phase": "shows", "percent": 50.0, "counts": {}} | more
    return SyncJob(kind="import", artist=Artist(name="Paper Lanterns"), **given)


@pytest.mark.parametrize(
    ("percent", "seconds", "words"),
    [
        (0, 10, "time left unknown yet"),
        (3, 60, "time left unknown yet"),
        (50, 1, "time left unknown yet"),
        (50, 20, "about 20 seconds left"),
        (25, 60, "about 3 minutes left"),
        (99, 20, "about a few seconds left"),
    ],
)
def test_time_left_follows_from_the_share_done(percent: float, seconds: int, words: str) -> None:
    sync = running(percent=percent, started_at=NOW - timedelta(seconds=seconds))
    assert time_left(sync, NOW) == words


@pytest.mark.parametrize(
    ("sync", "words", "states"),
    [
        (
            running(phase="identify"),
            ["finding them", "shows", "songs", "past setlists", "ready"],
            ["now", "ahead", "ahead", "ahead", "ahead"],
        ),
        (
            running(phase="catalogue", counts={"shows": 1, "songs": 118}),
            ["found them", "1 show", "118 songs", "past setlists", "ready"],
            ["done", "done", "now", "ahead", "ahead"],
        ),
        (
            running(state="done", phase="ballots", counts={"shows": 43, "songs": 312, "setlists": 0}),
            ["found them", "43 shows", "312 songs", "0 past setlists", "ready"],
            ["done"] * 5,
        ),
    ],
)
def test_the_story_goes_by_phases(
    session: Session, sync: SyncJob, words: list[str], states: list[str]
) -> None:
    steps = story_of(session, sync, NOW).steps
    assert [step.words for step in steps] == words
    assert [step.state for step in steps] == states


WAITING = [
    ("retrying", 30, "Unavailable: setlist.fm is down.", "It waits for setlist.fm until {}."),
    ("queued", 30, "Ticketmaster allows no more calls.", "It waits for Ticketmaster until {}."),
    ("retrying", 30, "DataError: SELECT secret", "Something went wrong on our side. It goes on at {}."),
    ("queued", 30, None, "It goes on at {}."),
    ("retrying", -1, "Unavailable: setlist.fm is down.", ""),
    ("queued", -1, None, ""),
    ("running", 30, "Unavailable: setlist.fm is down.", ""),
]


@pytest.mark.parametrize(("state", "wait", "error", "trouble"), WAITING)
def test_an_import_that_waits_says_for_whom_and_until_when(
    session: Session, state: str, wait: int, error: str | None, trouble: str
) -> None:
    now = datetime(2026, 3, 5, 14, 4, 45, tzinfo=UTC)
    run_at = now + timedelta(seconds=wait)
    job = QueueJob(queue="artist_import", args={}, state=state, max_attempts=5, run_at=run_at, error=error)
    session.add(job)
    session.flush()
    started = now - timedelta(minutes=1)
    sync = add_import(session, add_artist(session), queue_job_id=job.id, percent=50, started_at=started)
    story = story_of(session, sync, now)
    assert story.trouble == trouble.format("14:05 UTC")
    assert story.left == ("" if trouble else "about a minute left")


def test_a_wait_beyond_midnight_names_the_day(session: Session) -> None:
    now = datetime(2026, 3, 5, 14, tzinfo=UTC)
    run_at = now + timedelta(hours=10)
    job = QueueJob(queue="artist_import", args={}, max_attempts=5, run_at=run_at, error="Ticketmaster waits.")
    session.add(job)
    session.flush()
    sync = add_import(session, add_artist(session), queue_job_id=job.id)
    trouble = story_of(session, sync, now).trouble
    assert trouble == "It waits for Ticketmaster until 00:00 UTC on Fri 6 Mar 2026."


def test_an_import_in_line_has_no_times_yet(session: Session) -> None:
    story = story_of(session, running(state="queued", phase="", percent=0.0), NOW)
    assert story.headline == "Paper Lanterns is next in line"
    assert (story.elapsed, story.left) == ("", "")
