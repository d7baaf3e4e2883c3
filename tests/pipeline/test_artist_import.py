"""A whole import from the sandbox: complete, repeatable, and resumable from any step."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from setlist.models import BallotSong, Setlist, SetlistSong, Show, ShowArtist, Song, SyncJob, Venue, Vote
from setlist.pipeline.artist_import import import_artist
from setlist.pipeline.run import ImportRun
from setlist.pipeline.scope import PHASES
from setlist.providers.sources import Sources
from setlist.sandbox.catalogue.ids import BENCHMARK_MBID
from tests.pipeline.conftest import finish
from tests.rows import imported_rows

RunOf = Callable[..., ImportRun]


def test_the_benchmark_act_comes_out_whole(run_of: RunOf, session: Session) -> None:
    sync = finish(run_of(BENCHMARK_MBID))
    assert sync.state == "done"
    assert sync.percent == 100
    coming = select(func.count()).select_from(Show).join(ShowArtist).where(Show.locks_at > func.now())
    assert session.scalar(coming.where(ShowArtist.artist_id == sync.artist_id)) == 60
    assert session.scalar(select(func.count()).where(Setlist.artist_id == sync.artist_id)) == 200
    catalogue = select(func.count(func.distinct(Song.id))).where(Song.artist_id == sync.artist_id)
    tied = text("SELECT count(DISTINCT song_id) FROM external_ids WHERE kind = 'recording'")
    assert session.scalar(tied) == 300
    assert (session.scalar(catalogue) or 0) >= 300


def test_a_second_import_changes_no_row(run_of: RunOf, session: Session) -> None:
    finish(run_of(BENCHMARK_MBID))
    before = imported_rows(session)
    finish(run_of(BENCHMARK_MBID))
    assert imported_rows(session) == before


def test_an_import_stopped_again_and_again_ends_with_the_same_rows(run_of: RunOf, session: Session) -> None:
    """Each run commits four steps, and loses the fifth as a killed process does."""
    finish(run_of(BENCHMARK_MBID))
    whole = imported_rows(session)
    session.execute(text("TRUNCATE artists, venues, shows, songs, external_ids, sync_jobs CASCADE"))
    session.commit()
    sync_id, runs = None, 0
    while sync_id is None or session.get_one(SyncJob, sync_id).state != "done":
        run = run_of(BENCHMARK_MBID, sync_id)
        sync_id, runs = run.sync.id, runs + 1
        for step, _ in enumerate(import_artist(run)):
            if step == 4:
                session.rollback()
                break
            session.commit()
    assert runs > 5
    assert imported_rows(session) == whole


def test_progress_never_falls_and_phases_follow_each_other(run_of: RunOf) -> None:
    run = run_of(BENCHMARK_MBID)
    seen = [(run.sync.percent, run.sync.phase) for _ in import_artist(run)]
    percents = [percent for percent, _ in seen]
    assert percents == sorted(percents)
    assert list(dict.fromkeys(phase for _, phase in seen)) == list(PHASES)
    assert set(run.sync.phase_seconds) == set(PHASES)


def test_what_an_import_leaves_behind(run_of: RunOf, session: Session, subtests: pytest.Subtests) -> None:
    sync = finish(run_of(BENCHMARK_MBID))
    with subtests.test("a night with several listings is one show"):
        assert sync.skipped["further listings of a night that is here already"] > 0
        nights = select(Show.local_date, Show.venue_id).where(Show.locks_at > func.now())
        doubled = nights.group_by(Show.local_date, Show.venue_id).having(func.count() > 1)
        assert session.execute(doubled).all() == []
    with subtests.test("ballots come from history and never with votes"):
        sizes = session.scalars(select(func.count()).select_from(BallotSong).group_by(BallotSong.show_id))
        assert set(sizes) == {30}
        assert session.scalar(select(func.count()).select_from(Vote)) == 0
        assert (session.scalar(select(func.max(BallotSong.recent_plays))) or 0) > 0
    with subtests.test("tapes and blank songs are kept as what they are"):
        blank = select(func.count()).where(SetlistSong.title == "", SetlistSong.song_id.is_not(None))
        assert session.scalar(blank) == 0
        assert (session.scalar(select(func.count()).where(SetlistSong.is_tape)) or 0) > 0
    with subtests.test("every coming show locks by its venue's time"):
        wrong = text(
            "SELECT count(*) FROM shows s JOIN venues v ON v.id = s.venue_id "
            "WHERE s.local_time IS NOT NULL AND v.timezone IS NOT NULL "
            "AND s.locks_at <> (s.local_date + s.local_time) AT TIME ZONE v.timezone"
        )
        assert session.scalar(wrong) == 0
        assert (session.scalar(select(func.count()).where(Venue.timezone.is_not(None))) or 0) > 0


def test_without_the_other_providers_the_rest_is_imported(run_of: RunOf, sources: Sources) -> None:
    alone = replace(sources, ticketmaster=None, setlistfm=None, spotify=None)
    sync = finish(run_of(BENCHMARK_MBID, using=alone))
    assert sync.state == "done"
    assert sync.counts["songs"] == 300
    assert sync.counts["shows"] == 0
    assert {"shows: Ticketmaster is off", "past setlists: setlist.fm is off"} <= set(sync.skipped)


def test_a_provider_whose_key_is_wrong_is_left_out_and_said_so(
    run_of: RunOf, fault: Callable[[str, str], None]
) -> None:
    fault("ticketmaster", "status:401")
    sync = finish(run_of(BENCHMARK_MBID))
    assert sync.state == "done"
    assert sync.counts["songs"] == 300
    assert any(reason.startswith("left out: Ticketmaster") for reason in sync.skipped)
