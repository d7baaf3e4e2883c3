"""Which act at Ticketmaster is the artist: proven by an id, never the first of a name."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.models import ExternalId
from setlist.pipeline.identify import identify_artist
from setlist.pipeline.run import ImportRun
from setlist.sandbox.catalogue.ids import Kind
from setlist.sandbox.server import RunningSandbox
from tests.pipeline.conftest import ARTISTS

RunOf = Callable[..., ImportRun]


def identified(run: ImportRun) -> ImportRun:
    run.begin("identify")
    for _ in identify_artist(run):
        run.session.commit()
    run.session.commit()
    return run


def ticketmaster_ids(session: Session, artist_id: int) -> set[str]:
    ids = select(ExternalId.external_id).where(
        ExternalId.provider == "ticketmaster", ExternalId.kind == "artist", ExternalId.artist_id == artist_id
    )
    return set(session.scalars(ids))


def test_every_tie_is_to_the_act_itself(run_of: RunOf, session: Session, sandbox: RunningSandbox) -> None:
    """Over 30 acts, with tribute acts and namesakes ranked above them."""
    catalogue = sandbox.sandbox.catalogue
    tied = 0
    for index in range(30):
        run = identified(run_of(catalogue.mbid(index)))
        found = ticketmaster_ids(session, run.artist_id)
        meant = [catalogue.ids.read_ticketmaster(external_id) for external_id in found]
        assert {(meaning.kind, meaning.artist) for meaning in meant if meaning} <= {(Kind.ARTIST, index)}
        assert None not in meant
        tied += len(found)
    assert tied > 15


def test_an_id_that_musicbrainz_merged_still_proves_the_act(
    run_of: RunOf, session: Session, sandbox: RunningSandbox
) -> None:
    catalogue = sandbox.sandbox.catalogue
    proven = 0
    for index in (index for index in range(ARTISTS) if catalogue.merged_mbid(index)):
        run = identified(run_of(catalogue.mbid(index)))
        assert run.sources.ticketmaster is not None
        listed = run.sources.ticketmaster.attractions(run.sync.artist.name)
        if any(catalogue.merged_mbid(index) in hit.mbids for hit in listed):
            assert ticketmaster_ids(session, run.artist_id)
            proven += 1
    assert proven > 1
