"""Imports a whole artist, from whatever step an earlier run reached."""

from setlist.processors.importing import bring_in
from setlist.processors.running import JobRun, job


@job("artist_import")
def artist_import(run: JobRun) -> None:
    bring_in(run)
