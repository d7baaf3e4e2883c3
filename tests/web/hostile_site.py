"""A site all of whose texts are as unfriendly as can be: one of everything that pages show."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from setlist.models import (
    AuditLog,
    BreakerEvent,
    CronLog,
    CronMetric,
    FreshnessCount,
    Mail,
    ProviderState,
    QueueJob,
    QueueJobAttempt,
    QueueMinute,
    QueuePause,
    Score,
    Show,
    SongAlias,
    SyncJob,
    SyncMark,
    SyncProgress,
    SyncSummary,
    SystemHealth,
    TimingDecision,
    Traffic,
    VenueAlias,
    Vote,
    Worker,
)  # fmt: skip
from setlist.models.mails import MailState
from tests.domain.bursts_of_votes import add_burst, give
from tests.pages.catalogue import (
    NOW,
    add_artist,
    add_import,
    add_setlist,
    add_show,
    add_song,
    add_to_ballot,
    add_venue,
    day_ago,
)  # fmt: skip
from tests.pages.test_search import CANDIDATE, add_search
from tests.pipeline.pairs import a_doubt, an_id
from tests.web.hostile_texts import spoil


@dataclass(frozen=True, kw_only=True)
class Site:
    """Ids of what has an address of its own."""

    artists: tuple[int, ...]
    venues: tuple[int, ...]
    shows: tuple[int, ...]
    open_show: int
    songs: tuple[int, ...]
    other_song: int  # on no sheet
    syncs: tuple[int, ...]
    ended_sync: int
    jobs: tuple[int, ...]
    mails: tuple[int, ...]


def build(session: Session, hostile: str) -> Site:
    """Rows as believable as they need to be, and then every text in them is `hostile`, with a number."""
    acts = [add_artist(session, name, genres=["x"], image_url="x") for name in ("Low Tide", "Glass")]
    acts.append(add_artist(session, "Nobody Yet", imported_at=None))
    venue = add_venue(session, state="x", address="x", url="x")
    songs = [add_song(session, acts[0], f"Song {n}", album_title="x", released="x") for n in range(7)]
    songs.append(add_song(session, acts[1], "A cover", album_title="x"))
    shows = _shows(session, acts, venue, songs, hostile)
    _votes(session, shows[0], songs)
    syncs = _syncs(session, acts, hostile)
    _doubts(session, acts, venue, shows, songs, hostile)
    _machinery(session, hostile)
    jobs = _jobs(session, hostile)
    mails = _mails(session)
    add_search(session, "x y", candidates=[CANDIDATE | dict.fromkeys(CANDIDATE.keys() - {"mbid"}, hostile)])
    add_search(session, "broken", error="x", candidates=[])
    empty = add_venue(session, "A hall without shows")
    session.commit()
    spoil(session, hostile)
    session.execute(text("SELECT refresh_trending_data()"))
    session.commit()
    return Site(
        artists=tuple(act.id for act in acts),
        venues=(venue.id, empty.id),
        shows=tuple(show.id for show in shows),
        open_show=shows[0].id,
        songs=tuple(song.id for song in songs),
        other_song=songs[6].id,
        syncs=tuple(sync.id for sync in syncs),
        ended_sync=syncs[1].id,
        jobs=tuple(jobs),
        mails=tuple(mails),
    )


def _shows(session: Session, acts: list, venue: object, songs: list, hostile: str) -> list[Show]:
    bill = [acts[0], acts[1], *(f"Act {n}" for n in range(6))]
    coming = add_show(session, *bill, venue=venue, name="x", ticket_url="x")
    tonight = add_show(session, acts[0], venue=venue, in_days=0, name="y")
    moved = add_show(session, acts[1], venue=venue, status="rescheduled", original_date=day_ago(3))
    off = add_show(session, acts[0], venue=venue, status="cancelled", in_days=9)
    past = [
        add_show(
            session, acts[0], acts[1], venue=venue, local_date=day_ago(days), locks_at=NOW - timedelta(days)
        )
        for days in (2, 5, 9)
    ]
    for show in (coming, tonight, moved, off, *past):
        add_to_ballot(session, show, *songs[:6], songs[7], wishes_guests=2, recent_plays=3, recent_shows=4)
    for show in past:
        night = add_setlist(session, show, acts[0], *songs[:3], "x", source_url="x", tour="x", info="x")
        session.refresh(night)
        for place, entry in enumerate(night.songs):
            entry.cover_artist, entry.guest, entry.info, entry.set_name = "x", "x", "x", "x"
            entry.encore, entry.is_tape = place // 2, place == 3
    add_setlist(session, past[0], acts[1], source_url="x", info="x")
    session.add(Score(
        show_id=past[0].id, artist_id=acts[0].id, kind="wishes", hits=1, total=2, details={hostile: hostile},
        computed_at=NOW,
    ))  # fmt: skip
    return [coming, tonight, moved, off, *past]


def _votes(session: Session, show: Show, songs: list) -> None:
    session.commit()
    for fan in (1, 2, 3):
        give(session, show.id, fan, songs[0].id, songs[1].id)
    votes = session.query(Vote).all()
    add_burst(session, show.id, *votes[:3], evidence={"x": "x"})
    add_burst(session, show.id, *votes[3:], kind="copies", state="voided", decided_at=NOW)


def _syncs(session: Session, acts: list, hostile: str) -> list[SyncJob]:
    told = {"counts": {hostile: 3}, "skipped": {hostile: 2}, "calls": {hostile: 4}, "started_at": NOW}
    rows = {"artists": {"new": 1, "changed": 2, "unchanged": 3}, hostile: {"new": 1}}
    running = add_import(session, acts[0], percent=5, left_seconds=9.0, left_at=NOW, **told)
    failed = add_import(session, acts[1], state="failed", error="x", finished_at=NOW, rows=rows, **told)
    done = add_import(session, acts[2], state="done", finished_at=NOW, percent=100, rows=rows, **told)
    session.add_all([
        SyncProgress(sync_job_id=sync.id, state=sync.state, phase="shows", percent=5, counts={hostile: 1})
        for sync in (running, failed, done)
    ])  # fmt: skip
    session.add_all([
        SyncSummary(
            queue=queue, queue_job_id=place, artist_id=acts[0].id, started_at=NOW, note="x",
            calls={hostile: 3}, rows=rows, skipped={hostile: 1},
        )
        for place, queue in enumerate(("artist_import", "setlist_sync"))
    ])  # fmt: skip
    session.add(SyncMark(artist_id=acts[0].id, provider="setlistfm", listing="setlists", checked_at=NOW))
    return [running, failed, done]


def _mails(session: Session) -> list[int]:
    mails = [
        Mail(recipient="x", kind="test", subject="x", body="x", last_error="x", state=state.value)
        for state in MailState
    ]
    session.add_all(mails)
    session.flush()
    return [mail.id for mail in mails]


def _doubts(
    session: Session, acts: list, venue: object, shows: list[Show], songs: list, hostile: str
) -> None:
    details = {"theirs": {hostile: hostile}, "ours": {hostile: hostile}, hostile: [1, {"a": hostile}]}
    kinds = {"artist_id": acts[0].id, "venue_id": venue.id, "show_id": shows[0].id, "song_id": songs[0].id}
    for name, given in kinds.items():
        kind = name.removesuffix("_id")
        for state in ("open", "confirmed"):
            doubt = a_doubt(kind, f"{kind}-{state}", **{name: given})
            doubt.url, doubt.details, doubt.state = "x", details, state
            doubt.decided_at = None if state == "open" else NOW
            session.add(doubt)
    for provider in ("ticketmaster", "spotify", "setlistfm", "musicbrainz"):
        session.add(an_id(provider, "artist", f"{provider}-1", artist_id=acts[0].id))
    acts[1].mbid = None
    session.add_all([
        VenueAlias(venue_id=venue.id, name="x", name_folded="x"),
        SongAlias(song_id=songs[0].id, title="x", title_folded="x"),
        AuditLog(action="sign_in", target="x", details={hostile: hostile}),
    ])  # fmt: skip


def _machinery(session: Session, hostile: str) -> None:
    cron = CronLog(
        name="trending", due_at=NOW, started_at=NOW, finished_at=NOW, outcome="failed", message="x"
    )
    session.add(cron)
    session.flush()
    session.add_all([
        CronMetric(cron_log_id=cron.id, metric="rows", value=3),
        SystemHealth(part="database", state="failed", detail="x"),
        BreakerEvent(provider="spotify", old_state="closed", new_state="open", reason="x"),
        ProviderState(
            provider="spotify", held_until=NOW + timedelta(hours=2), held_because="x", last_error="x",
            last_error_at=NOW, breaker_state="open",
        ),
        FreshnessCount(kind="setlists", things=3, due=2, stale=1, oldest=1.5, counted_at=NOW),
        Traffic(minute=NOW.replace(second=0, microsecond=0), kind="page", requests=3, failures=1),
        TimingDecision(work="cache_warm", choice="wait", reason="x"),
        QueuePause(queue="trending_calc", reason="x", paused_by="x"),
        QueueMinute(
            queue="cleanup", minute=NOW.replace(second=0, microsecond=0), done=1, failed=1, lost=0, dead=1,
            waiting=2,
        ),
        Worker(id="w1", host="x", pid=7, threads=4, version="x", heartbeat_at=NOW),
        Worker(id="w2", host="x", pid=8, threads=4, version="x", heartbeat_at=NOW, stopped_at=NOW),
    ])  # fmt: skip


def _jobs(session: Session, hostile: str) -> list[int]:
    args = {hostile: hostile}
    later = NOW + timedelta(hours=1)
    jobs = [
        QueueJob(queue="cleanup", args=args, max_attempts=5, run_at=later),
        QueueJob(
            queue="cleanup", args=args, max_attempts=5, state="dead", error="x", finished_at=NOW, attempts=2
        ),
        QueueJob(
            queue="artist_import", args=args, max_attempts=5, state="running", lease_owner="x",
            lease_until=later, started_at=NOW,
        ),
    ]  # fmt: skip
    session.add_all(jobs)
    session.flush()
    session.add_all(
        QueueJobAttempt(
            job_id=job.id, fence=1, worker="x", started_at=NOW, finished_at=NOW, outcome="dead", error="x",
            traceback="x",
        )
        for job in jobs
    )  # fmt: skip
    return [job.id for job in jobs]
