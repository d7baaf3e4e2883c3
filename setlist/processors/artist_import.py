"""Imports a whole artist, from whatever step an earlier run reached."""

import logging
import threading
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime

from flask import current_app

from config import Settings
from setlist.models import SyncJob
from setlist.models.sync import SyncState
from setlist.pipeline.artist_import import import_artist
from setlist.pipeline.run import ImportRun
from setlist.pipeline.start import start_follow_up
from setlist.pipeline.streams import Streams
from setlist.processors.progress import announce, record
from setlist.processors.running import JobRun, job
from setlist.providers.errors import Misconfigured, NotFound
from setlist.providers.sources import Providers
from setlist.queue.errors import Hopeless
from setlist.services.budget import Purpose

log = logging.getLogger(__name__)
FINISHED = ("done", "failed", "cancelled")


@job("artist_import")
def artist_import(run: JobRun) -> None:
    sync = run.session.get_one(SyncJob, run.args["sync_id"])
    if sync.state in FINISHED:
        return
    try:
        with closing(import_artist(_import_run(run, sync))) as steps:
            for _ in steps:
                if sync.state == SyncState.DONE:
                    start_follow_up(run.session, sync)
                event_id = record(run.session, sync)
                run.commit()
                announce(sync.id, event_id)
    except (NotFound, Misconfigured) as error:  # of MusicBrainz: the others can be left out
        raise Hopeless(str(error)) from error
    log.info("imported artist %s: %s, skipped %s", sync.artist_id, sync.counts, sync.skipped)


def _import_run(run: JobRun, sync: SyncJob) -> ImportRun:
    settings: Settings = current_app.extensions["settings"]
    providers: Providers = current_app.extensions["providers"]
    streams = Streams()
    calls = _Calls(streams)
    return ImportRun(
        session=run.session,
        sources=providers.sources(on_call=calls.count, purpose=Purpose.IMPORT),
        sync=sync,
        now=lambda: datetime.now(UTC),
        default_start_hour=settings.default_start_hour,
        calls=calls.by_provider,
        streams=streams,
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
