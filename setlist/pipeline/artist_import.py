"""The import of a whole artist: its phases in order, each step committed by the caller."""

from collections.abc import Callable, Iterator

from setlist.pipeline.ballots import fill_ballots
from setlist.pipeline.catalogue import import_catalogue
from setlist.pipeline.identify import identify_artist
from setlist.pipeline.run import ImportRun
from setlist.pipeline.setlists import import_setlists
from setlist.pipeline.shows import import_shows
from setlist.providers.errors import ProviderError

STEPS: dict[str, Callable[[ImportRun], Iterator[float]]] = {
    "identify": identify_artist,
    "shows": import_shows,
    "catalogue": import_catalogue,
    "setlists": import_setlists,
    "ballots": fill_ballots,
}


def import_artist(run: ImportRun) -> Iterator[None]:
    """Yields after each step that leaves rows and checkpoint consistent; the caller commits there.

    A run that is stopped anywhere goes on from its last commit and ends with the same rows.
    Raises ProviderError when a provider cannot answer now. A provider that can be done without is left
    out where only its operator could help, where it will not answer soon, and after the last attempt.
    """
    for phase in run.remaining_phases():
        run.begin(phase)
        try:
            for share in STEPS[phase](run):
                run.progress(share)
                yield
        except ProviderError as error:
            if not run.goes_on_without(error):
                raise
        run.complete()
        yield
    run.finish()
    yield
