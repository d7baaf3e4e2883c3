from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from setlist.models import Artist, QueueJob, SyncJob
from setlist.pages.story import detailed, story_of, time_left
from tests.pages.catalogue import NOW, add_artist, add_import


def running(**more: object) -> SyncJob:
    given = {"state": "running", "phase": "shows", "percent": 50.0, "counts": {}} | more
    return SyncJob(kind="import", artist=Artist(name="Paper Lanterns"), **given)


@pytest.mark.parametrize(
    ("told", "ago", "words"),
    [
        (None, 10, "time left unknown yet"),
        (20.0, 0, "about 20 seconds left"),
        (240.0, 60, "about 3 minutes left"),
        (20.0, 19, "about a few seconds left"),
        (20.0, 300, "about a few seconds left"),
    ],
)
def test_time_left_is_what_the_latest_step_told_less_the_time_since(
    told: float | None, ago: int, words: str
) -> None:
    since = NOW - timedelta(seconds=ago)
    sync = running(started_at=NOW - timedelta(minutes=9), left_seconds=told, left_at=since)
    assert time_left(sync, NOW) == words


def test_details_say_how_long_each_part_took_and_how_far_off_the_time_left_usually_is(
    session: Session,
) -> None:
    artist = add_artist(session)
    for error in (0.11, 0.17, 0.3):
        add_import(session, artist, state="done", estimate_error=error, finished_at=NOW)
    seconds = {"shows": 9.2, "identify": 1.4}
    told = {"left_seconds": 20.0, "left_at": NOW, "started_at": NOW, "phase_seconds": seconds}
    story = detailed(session, story_of(session, add_import(session, artist, **told), NOW))
    assert story.usually == "usually within 20 %"
    assert story.timings == ("who they are: a few seconds", "shows: 10 seconds")


@pytest.mark.parametrize(("error", "left"), [(None, 20.0), (1.4, 20.0), (0.1, None)])
def test_nothing_is_said_of_an_error_that_nobody_knows_or_that_helps_nobody(
    session: Session, error: float | None, left: float | None
) -> None:
    artist = add_artist(session)
    add_import(session, artist, state="done", estimate_error=error, finished_at=NOW)
    running_one = add_import(session, artist, left_seconds=left, left_at=NOW, started_at=NOW)
    assert detailed(session, story_of(session, running_one, NOW)).usually == ""


def test_one_that_is_being_called_off_says_so(session: Session) -> None:
    job = QueueJob(queue="artist_import", args={}, state="cancelled", max_attempts=5)
    session.add(job)
    session.flush()
    sync = add_import(session, add_artist(session), queue_job_id=job.id, started_at=NOW)
    story = story_of(session, sync, NOW)
    assert (story.trouble, story.left) == ("It is being called off: it stops at its next step.", "")


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
    told = {"left_seconds": 60.0, "left_at": now, "started_at": started}
    sync = add_import(session, add_artist(session), queue_job_id=job.id, percent=50, **told)
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
