"""What Spotify knows of an artist: the picture, and albums that are new."""

from setlist.processors.importing import bring_in
from setlist.processors.running import JobRun, job


@job("spotify_sync")
def spotify_sync(run: JobRun) -> None:
    bring_in(run)
