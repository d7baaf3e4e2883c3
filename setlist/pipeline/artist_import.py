"""The import of a whole artist: its phases in order, each step committed by the caller."""

from collections.abc import Callable, Generator, Iterator
from datetime import timedelta

from setlist.pipeline.backlog import read_backlog
from setlist.pipeline.ballots import fill_ballots
from setlist.pipeline.catalogue import import_albums, import_catalogue, import_recordings
from setlist.pipeline.identify import find_attraction, find_picture, identify_artist
from setlist.pipeline.listings import open_streams
from setlist.pipeline.postponed import Entry, Part
from setlist.pipeline.run import REST, ImportRun
from setlist.pipeline.setlists import import_setlists, read_setlists
from setlist.pipeline.shows import import_shows, read_shows
from setlist.providers.errors import ProviderError, Unavailable


def _setlists(run: ImportRun) -> Iterator[float]:
    yield from import_setlists(run)
    yield from read_backlog(run)


STEPS: dict[str, Callable[[ImportRun], Iterator[float]]] = {
    "identify": identify_artist,
    "shows": import_shows,
    "catalogue": import_catalogue,
    "setlists": _setlists,
    "ballots": fill_ballots,
}


def _attraction_and_shows(run: ImportRun) -> Iterator[float]:
    """Without knowing which act it is nobody could ask for its shows."""
    yield from find_attraction(run)
    yield from read_shows(run)


PARTS: dict[Part, Callable[[ImportRun], Iterator[float]]] = {
    Part.ATTRACTION: _attraction_and_shows,
    Part.PICTURE: find_picture,
    Part.SHOWS: read_shows,
    Part.RECORDINGS: import_recordings,
    Part.ALBUMS: import_albums,
    Part.SETLISTS: read_setlists,
}
PATIENCE = timedelta(minutes=2)  # of an import with a provider that it needs nothing else to finish for
MOST_WAITS = 3  # for one part


def import_artist(run: ImportRun) -> Generator[None, None, None]:
    """Yields after each step that leaves rows and checkpoint consistent; the caller commits there.

    A run that is stopped anywhere goes on from its last commit and ends with the same rows. It must be
    closed if it is not read to its end, so that nothing more is fetched ahead.
    Raises ProviderError when a provider that it cannot go on without cannot answer now. One that it can do
    without is postponed to the end, and then to a follow-up: `run.sync.postponed` holds what is missing.
    """
    with run.streams:
        for phase in run.remaining_phases():
            if phase == REST:
                yield from _rest(run)
                continue
            run.begin(phase)
            if phase != "identify":
                open_streams(run)
            for share in STEPS[phase](run):
                run.progress(share)
                yield
            run.complete()
            yield
        run.finish()
        yield


def _rest(run: ImportRun) -> Iterator[None]:
    """What was postponed is tried once more. Waits for it if that is not long, and a few times only."""
    brought = False
    for entry in list(run.postponed):
        if run.is_follow_up or not entry.is_told or entry.until <= run.now():
            for _ in _try_again(run, entry):
                brought = True
                yield
            yield
    if brought:
        for _ in fill_ballots(run):
            yield
    if not run.is_follow_up:
        _wait_for_the_rest(run)


def _try_again(run: ImportRun, entry: Entry) -> Iterator[None]:
    run.take_up(entry.part)
    try:
        for share in PARTS[entry.part](run):
            run.progress(share)
            yield
    except ProviderError as error:
        if not run.goes_on_without(error, entry.part):
            raise
    else:
        run.postponed.settle(entry.part)


def _wait_for_the_rest(run: ImportRun) -> None:
    """Raises an error whose time the job waits for, where that is near; a follow-up waits for the others."""
    soon = run.now() + PATIENCE
    near = [entry for entry in run.postponed if entry.until <= soon and entry.tries <= MOST_WAITS]
    if near:
        first = min(near, key=lambda entry: entry.until)
        raise Unavailable(first.provider, "is waited for", until=first.until)
