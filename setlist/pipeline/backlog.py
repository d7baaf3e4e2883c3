"""Setlists older than those that a first import reads: some pages at a time, until there are none."""

from collections.abc import Iterator

from setlist.pipeline.run import ImportRun
from setlist.pipeline.setlists import write_setlists
from setlist.services.freshness import Listing

PAGES = 10  # of one sync


def read_backlog(run: ImportRun) -> Iterator[float]:
    """From the page that the mark names, which moves with each. Setlists that came meanwhile push older ones
    to later pages: some are met twice, none is missed.
    """
    client, mark = run.sources.setlistfm, run.marks.get(Listing.BACKLOG)
    cursor = mark.seen.get("cursor") if mark is not None else None
    if client is None or cursor is None or Listing.BACKLOG not in run.due:
        return
    for number in range(1, PAGES + 1):
        page = client.setlists(run.mbid, cursor=cursor)
        write_setlists(run, page.items)
        run.skip("setlists that could not be read", page.skipped)
        cursor = page.cursor
        run.read_whole(Listing.BACKLOG, cursor=cursor)
        yield number / PAGES
        if cursor is None:
            return
