"""What MusicBrainz knows of an artist: who they are, merged ids, new recordings.

Nobody waits for one that the timetable asked for: it writes thousands of rows, and looks for a quiet hour.
"""

from datetime import timedelta

from setlist.models import SyncJob
from setlist.processors.importing import at_full_speed, bring_in
from setlist.processors.running import JobRun, job
from setlist.processors.timing import when_quiet
from setlist.services.budget import Purpose

WITHIN = timedelta(hours=20)
SECONDS = 20.0  # it takes about, until runs tell


@job("catalogue_sync")
def catalogue_sync(run: JobRun) -> None:
    has_begun = run.session.get_one(SyncJob, run.args["sync_id"]).started_at is not None
    is_awaited = run.args.get("purpose") != Purpose.SYNC
    if is_awaited or has_begun:
        bring_in(run, at_full_speed)
    else:
        bring_in(run, when_quiet(run, within=WITHIN, seconds=SECONDS))
