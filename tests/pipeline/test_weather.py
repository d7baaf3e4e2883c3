"""Whatever a provider does, an import ends with what the others have, and then complete."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests
from sqlalchemy import text
from sqlalchemy.orm import Session

from config import Settings
from setlist.models import QueueJob, SyncJob
from setlist.models.sync import SyncKind
from setlist.pipeline.artist_import import MOST_WAITS
from setlist.pipeline.postponed import Part, entries_of
from setlist.pipeline.run import ImportRun
from setlist.pipeline.start import active_import, start_follow_up, start_import
from setlist.providers.errors import Unavailable
from setlist.providers.sources import Sources, open_sources
from setlist.sandbox.catalogue.ids import BENCHMARK_MBID
from setlist.sandbox.server import RunningSandbox
from tests.pipeline.conftest import finish
from tests.pipeline.weather_rows import differing
from tests.rows import imported_rows

RunOf = Callable[..., ImportRun]

OPTIONAL = {
    "ticketmaster": {Part.ATTRACTION},
    "setlistfm": {Part.SETLISTS},
    "spotify": {Part.PICTURE, Part.ALBUMS},
}
KINDS = (
    "status:500",
    "429",
    "429:46800",
    "timeout",
    "truncated",
    "huge",
    "garbage",
    "wrong_types",
    "redirect_loop",
    "error_in_200",
)


@pytest.fixture
def hasty(sandbox: RunningSandbox, settings: Settings) -> Callable[[], Sources]:
    """Clients of a new process each time, that do not wait long, nor read much."""
    limits = {"provider_read_seconds": 0.5, "provider_total_seconds": 1.0, "provider_max_bytes": 2_000_000}
    found = settings.model_copy(update={"sandbox_url": sandbox.url, "provider_rest_seconds": 0.1, **limits})
    return lambda: open_sources(found)


@pytest.fixture
def weather(sandbox: RunningSandbox) -> Iterator[Callable[..., None]]:
    """Lets a provider fail, at every call or at the given endpoint; without arguments it clears."""

    def change(provider: str = "", kind: str = "", **more: object) -> None:
        faults = [{"provider": provider, "kind": kind, **more}] if provider else []
        requests.post(f"{sandbox.url}/_control", json={"faults": faults}, timeout=5).raise_for_status()

    yield change
    requests.delete(f"{sandbox.url}/_control", timeout=5).raise_for_status()


@pytest.fixture(scope="module")
def seen_whole() -> dict[str, list[str]]:
    """Filled by the first test that wants it."""
    return {}


@pytest.fixture
def whole(run_of: RunOf, session: Session, seen_whole: dict[str, list[str]]) -> dict[str, list[str]]:
    """The rows of an import in fair weather; afterwards the tables are empty again."""
    if not seen_whole:
        finish(run_of(BENCHMARK_MBID))
        seen_whole.update(imported_rows(session))
        empty(session)
    return seen_whole


def empty(session: Session) -> None:
    session.execute(
        text("TRUNCATE artists, venues, shows, songs, external_ids, sync_jobs, sync_marks CASCADE")
    )
    session.commit()


def through(run_of: RunOf, sources: Sources, sync_id: int | None = None) -> SyncJob:
    """Run as often as its job would be run: waits are over at once."""
    for _ in range(MOST_WAITS * 4):
        run = run_of(BENCHMARK_MBID, sync_id, using=sources)
        sync_id = run.sync.id
        try:
            return finish(run)
        except Unavailable:
            run.session.commit()
            bring_near(run.session, run.sync)
    raise AssertionError("it waits for ever")


def bring_near(session: Session, sync: SyncJob) -> None:
    """As if the time had passed until its postponed parts are worth a try."""
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    sync.postponed = {part: {**entry, "until": past} for part, entry in sync.postponed.items()}
    session.commit()


def followed_up(run_of: RunOf, session: Session, sync: SyncJob, sources: Sources) -> SyncJob:
    follow_up = start_follow_up(session, sync)
    assert follow_up is not None
    session.commit()
    return finish(run_of(BENCHMARK_MBID, follow_up.id, using=sources))


@pytest.mark.parametrize(
    ("provider", "kind"), [(list(OPTIONAL)[number % 3], kind) for number, kind in enumerate(KINDS)]
)
def test_without_a_provider_the_rest_is_there_and_what_was_missing_follows(
    run_of: RunOf,
    session: Session,
    whole: dict[str, list[str]],
    hasty: Callable[[], Sources],
    weather: Callable[..., None],
    sources: Sources,
    provider: str,
    kind: str,
) -> None:
    weather(provider, kind)
    sync = through(run_of, hasty())
    assert sync.state == "done"
    assert sync.counts["songs"] >= 290
    assert {entry.part for entry in entries_of(sync)} == OPTIONAL[provider]
    weather()
    follow_up = followed_up(run_of, session, sync, sources)
    assert (follow_up.state, follow_up.postponed) == ("done", {})
    assert differing(imported_rows(session), whole) == {}


@pytest.mark.parametrize(
    ("provider", "endpoint", "kind"),
    [
        ("ticketmaster", "events", "error_in_200"),
        ("setlistfm", "artist setlists", "wrong_types"),
        ("spotify", "album", "truncated"),
        ("musicbrainz", "recordings", "wrong_types"),
    ],
)
def test_a_page_that_fails_in_the_middle_leaves_nothing_half_written(
    run_of: RunOf,
    session: Session,
    whole: dict[str, list[str]],
    hasty: Callable[[], Sources],
    weather: Callable[..., None],
    sources: Sources,
    provider: str,
    endpoint: str,
    kind: str,
) -> None:
    weather(provider, kind, endpoint=endpoint, share=0.5, seed=3)
    sync = through(run_of, hasty())
    weather()
    while sync.postponed:
        sync = followed_up(run_of, session, sync, sources)
    assert differing(imported_rows(session), whole) == {}


def test_an_artist_whom_musicbrainz_cannot_tell_waits(
    run_of: RunOf, hasty: Callable[[], Sources], weather: Callable[..., None]
) -> None:
    weather("musicbrainz", "status:500")
    with pytest.raises(Unavailable):
        finish(run_of(BENCHMARK_MBID, using=hasty()))


class TestAFollowUp:
    @pytest.fixture
    def sync(self, run_of: RunOf, hasty: Callable[[], Sources], weather: Callable[..., None]) -> SyncJob:
        weather("setlistfm", "429:46800")
        return finish(run_of(BENCHMARK_MBID, using=hasty()))

    def test_it_comes_when_the_provider_said(self, session: Session, sync: SyncJob) -> None:
        follow_up = start_follow_up(session, sync)
        assert follow_up is not None
        job = session.get_one(QueueJob, follow_up.queue_job_id)
        assert timedelta(hours=12) < job.run_at - datetime.now(UTC) < timedelta(hours=14)

    def test_it_is_no_import_under_way(self, session: Session, sync: SyncJob) -> None:
        start_follow_up(session, sync)
        assert active_import(session, sync.artist_id) is None
        assert start_import(session, sync.artist).kind == SyncKind.IMPORT

    def test_one_that_waits_takes_more_along(self, session: Session, sync: SyncJob) -> None:
        first = start_follow_up(session, sync)
        assert first is not None
        sync.postponed = {"albums": sync.postponed["setlists"]}
        assert start_follow_up(session, sync) is first
        assert set(first.postponed) == {"albums", "setlists"}

    def test_one_that_fails_again_is_followed_up_later(
        self, run_of: RunOf, session: Session, sync: SyncJob, hasty: Callable[[], Sources]
    ) -> None:
        again = followed_up(run_of, session, sync, hasty())
        (entry,) = entries_of(again)
        assert (again.state, entry.part, entry.tries) == ("done", Part.SETLISTS, 2)

    def test_nothing_missing_is_followed_by_nothing(self, session: Session, sync: SyncJob) -> None:
        sync.postponed = {}
        assert start_follow_up(session, sync) is None

    def test_an_import_anew_that_brings_it_leaves_it_nothing_to_do(
        self,
        run_of: RunOf,
        session: Session,
        sync: SyncJob,
        weather: Callable[..., None],
        sandbox: RunningSandbox,
    ) -> None:
        weather()
        finish(run_of(BENCHMARK_MBID))
        sandbox.sandbox.switches.reset_counts()
        followed_up(run_of, session, sync, run_of(BENCHMARK_MBID).sources)
        assert sandbox.sandbox.switches.counts.described()["total"] <= 1
