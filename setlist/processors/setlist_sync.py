"""What setlist.fm knows of an artist since it was last asked: new setlists, and those that changed."""

from setlist.processors.importing import bring_in
from setlist.processors.running import JobRun, job


@job("setlist_sync")
def setlist_sync(run: JobRun) -> None:
    bring_in(run)
