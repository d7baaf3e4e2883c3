"""Imports and syncs of one artist: from whatever step an earlier run reached, a commit a step."""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

from flask import current_app

from config import Settings
from setlist.models import QueueJob, SyncJob
from setlist.models.sync import SyncState
from setlist.pipeline.artist_import import import_artist
from setlist.pipeline.estimates import Estimates
from setlist.pipeline.run import ImportRun
from setlist.pipeline.start import start_follow_up
from setlist.pipeline.streams import Streams
from setlist.processors.progress import announce, record
from setlist.processors.running import JobRun
from setlist.processors.summaries import summarise
from setlist.providers.errors import Misconfigured, NotFound
from setlist.providers.sources import Providers
from setlist.queue.errors import Cancelled, Hopeless
from setlist.services.budget import Purpose
from setlist.services.freshness import Listing

log = logging.getLogger(__name__)
FINISHED = (SyncState.DONE, SyncState.FAILED, SyncState.CANCELLED)


def at_full_speed() -> None:
    """Between the steps of what somebody waits for."""


def bring_in(run: JobRun, between_steps: Callable[[], None] = at_full_speed) -> None:
    """What the job's sync row asks for. It is the same for an import, what follows it, and each sync."""
    sync = run.session.get_one(SyncJob, run.args["sync_id"])
    if sync.state in FINISHED:
        return
    importing = _import_run(run, sync)
    estimates = Estimates(importing)
    sync.runs += 1
    try:
        with closing(import_artist(importing)) as steps:
            for _ in steps:
                estimates.write()
                if sync.state == SyncState.DONE:
                    start_follow_up(run.session, sync)
                    summarise(run, sync)
                event_id = record(run.session, sync)
                run.commit()
                announce(sync.id, event_id)
                between_steps()
    except Cancelled:
        _stopped(run, sync.id)
        raise
    except (NotFound, Misconfigured) as error:  # of MusicBrainz: the others can be left out
        raise Hopeless(str(error)) from error
    log.info("%s of artist %s: %s, skipped %s", sync.kind, sync.artist_id, sync.counts, sync.skipped)


def _stopped(run: JobRun, sync_id: int) -> None:
    """Somebody cancelled it while it ran: until now it was being cancelled."""
    run.session.rollback()
    sync = run.session.get_one(SyncJob, sync_id, with_for_update=True)
    job = run.session.get_one(QueueJob, run.job_id, populate_existing=True)
    if sync.state in FINISHED or sync.queue_job_id != run.job_id:
        run.session.rollback()
        return
    sync.state, sync.error = SyncState.CANCELLED.value, job.error or "cancelled"
    sync.finished_at = datetime.now(UTC)
    event_id = record(run.session, sync)
    run.session.commit()
    announce(sync_id, event_id)


def _import_run(run: JobRun, sync: SyncJob) -> ImportRun:
    settings: Settings = current_app.extensions["settings"]
    providers: Providers = current_app.extensions["providers"]
    streams = Streams()
    calls = _Calls(streams)
    purpose = Purpose(run.args.get("purpose", Purpose.IMPORT))
    return ImportRun(
        session=run.session,
        sources=providers.sources(on_call=calls.count, purpose=purpose),
        sync=sync,
        now=lambda: datetime.now(UTC),
        default_start_hour=settings.default_start_hour,
        calls=calls.by_provider,
        streams=streams,
        asked=frozenset(Listing(name) for name in run.args.get("listings", ())),
        is_last_attempt=run.is_last_attempt,
    )


class _Calls:
    """Counted from several threads: those that fetch ahead. After the import's end none is sent."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self.by_provider: Counter[str] = Counter()
        self._lock = threading.Lock()

    def count(self, provider: str, _endpoint: str) -> None:
        self._streams.refuse_if_closed()
        with self._lock:
            self.by_provider[provider] += 1
