from datetime import timedelta

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


def test_an_import_that_waits_for_a_source_says_so(session: Session) -> None:
    job = QueueJob(
        queue="artist_import",
        args={},
        state="retrying",
        max_attempts=5,
        run_at=NOW + timedelta(seconds=30),
    )
    session.add(job)
    session.flush()
    sync = add_import(session, add_artist(session), queue_job_id=job.id)
    assert story_of(session, sync, NOW).trouble == "A source does not answer. Trying again in 30 seconds."


def test_an_import_in_line_has_no_times_yet(session: Session) -> None:
    story = story_of(session, running(state="queued", phase="", percent=0.0), NOW)
    assert story.headline == "Paper Lanterns is next in line"
    assert (story.elapsed, story.left) == ("", "")
