"""Which act at Ticketmaster is the artist: proven by an id, never the first of a name."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from setlist.domain.known_artists import artists_by_mbid
from setlist.models import Artist, Doubt, ExternalId, ShowArtist, Song, SyncMark
from setlist.models.identity import Matched
from setlist.pipeline.artist_import import import_artist
from setlist.pipeline.artist_ties import Named, tie_artist
from setlist.pipeline.identify import _describe, find_picture, identify_artist
from setlist.pipeline.identity import ids_of, untie
from setlist.pipeline.merging_artists import merge_artists
from setlist.pipeline.run import ImportRun
from setlist.providers.answers import ArtistRecord
from setlist.sandbox.catalogue.ids import Kind
from setlist.sandbox.server import RunningSandbox
from setlist.sandbox.ticketmaster_shapes import Shapes
from tests.pipeline.conftest import ARTISTS, finish

RunOf = Callable[..., ImportRun]
PROVEN, STRANGER, NAMELESS = 22, 40, 10  # acts of the sandbox
NOBODY = "00000000-0000-4000-8000-000000000000"  # at MusicBrainz
HALF_WAY = 3  # steps into an import


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


def doubts(session: Session) -> list[Doubt]:
    return list(session.scalars(select(Doubt).order_by(Doubt.id)))


def unproven(sandbox: RunningSandbox) -> list[int]:
    """Acts that Ticketmaster lists with nothing that says who they are."""
    shapes = Shapes(sandbox.sandbox.catalogue, sandbox.url)
    return [index for index in range(ARTISTS) if not shapes._links(index)]


def test_a_bare_name_is_a_question_with_its_evidence(
    run_of: RunOf, session: Session, sandbox: RunningSandbox
) -> None:
    catalogue = sandbox.sandbox.catalogue
    found = 0
    for index in unproven(sandbox):
        run = identified(run_of(catalogue.mbid(index)))
        assert ticketmaster_ids(session, run.artist_id) == set()
        asked = [doubt for doubt in doubts(session) if doubt.artist_id == run.artist_id]
        meant = [catalogue.ids.read_ticketmaster(doubt.external_id) for doubt in asked]
        found += index in {meaning.artist for meaning in meant if meaning}
        assert all(doubt.url and doubt.details["theirs"]["Name"] for doubt in asked)
        assert run.tally.as_json().get("doubts", {}).get("new", 0) == len(asked)
    assert found > 2


def test_a_question_is_asked_once_and_settled_when_an_id_proves_the_act(
    run_of: RunOf, session: Session, sandbox: RunningSandbox
) -> None:
    run = identified(run_of(sandbox.sandbox.catalogue.mbid(NAMELESS)))
    [doubt] = doubts(session)
    identified(run_of(run.mbid))
    assert [found.id for found in doubts(session)] == [doubt.id]
    named = Named(external_id=doubt.external_id, name=doubt.name)
    assert tie_artist(run, "ticketmaster", [named], Matched.SHARED_ID) == {doubt.external_id}
    session.commit()
    assert (doubt.state, doubt.decided_by, doubt.decided_at is None) == ("confirmed", None, False)


@pytest.mark.parametrize("state", ["rejected", "split"])
def test_what_a_person_refused_is_never_tied(
    run_of: RunOf, session: Session, sandbox: RunningSandbox, state: str
) -> None:
    run = identified(run_of(sandbox.sandbox.catalogue.mbid(PROVEN)))
    [external_id] = ticketmaster_ids(session, run.artist_id)
    untie(session, "ticketmaster", "artist", external_id)
    refusal = {"kind": "artist", "provider": "ticketmaster", "external_id": external_id, "state": state}
    session.add(Doubt(**refusal, artist_id=run.artist_id, name="x", reason="somebody said so"))
    session.execute(delete(SyncMark))
    session.commit()
    identified(run_of(run.mbid))
    assert ticketmaster_ids(session, run.artist_id) == set()
    assert [doubt.state for doubt in doubts(session)] == [state]


def test_an_id_that_means_another_artist_here_is_a_question(
    run_of: RunOf, session: Session, sandbox: RunningSandbox
) -> None:
    run = identified(run_of(sandbox.sandbox.catalogue.mbid(PROVEN)))
    [external_id] = ticketmaster_ids(session, run.artist_id)
    other = Artist(mbid=NOBODY, name="Claims It", name_folded="claims it")
    session.add(other)
    session.flush()
    session.execute(
        update(ExternalId).where(ExternalId.external_id == external_id).values(artist_id=other.id)
    )
    session.execute(delete(SyncMark))
    session.commit()
    identified(run_of(run.mbid))
    assert ticketmaster_ids(session, other.id) == {external_id}  # an import moves no tie
    [doubt] = doubts(session)
    assert (doubt.external_id, doubt.artist_id) == (external_id, run.artist_id)
    assert "Claims It" in doubt.reason


def test_a_stranger_at_spotify_brings_no_picture_and_no_songs(
    run_of: RunOf, session: Session, sandbox: RunningSandbox
) -> None:
    catalogue = sandbox.sandbox.catalogue
    run = run_of(catalogue.mbid(PROVEN))
    stranger = catalogue.spotify_id(STRANGER)
    record = ArtistRecord(mbid=run.mbid, name=catalogue.artist(PROVEN).name, spotify_ids=(stranger,))
    _describe(run, record)
    assert ids_of(session, "spotify", "artist", run.artist_id) == [stranger]
    list(find_picture(run))
    assert ids_of(session, "spotify", "artist", run.artist_id) == []
    assert run.sync.artist.image_url is None
    [doubt] = doubts(session)
    assert (doubt.external_id, doubt.name) == (stranger, catalogue.artist(STRANGER).name)
    _describe(run, record)  # the same wrong link, read again
    assert ids_of(session, "spotify", "artist", run.artist_id) == []


def test_a_second_spotify_id_and_one_that_is_named_no_more_are_questions(
    run_of: RunOf, session: Session, sandbox: RunningSandbox
) -> None:
    run = run_of(sandbox.sandbox.catalogue.mbid(PROVEN))
    _describe(run, ArtistRecord(mbid=run.mbid, name="Low Tide", spotify_ids=("first", "second")))
    _describe(run, ArtistRecord(mbid=run.mbid, name="Low Tide", spotify_ids=("second",)))
    assert ids_of(session, "spotify", "artist", run.artist_id) == ["first"]
    asked = {doubt.external_id: doubt.reason for doubt in doubts(session)}
    assert "more than one" in asked["second"]
    assert "any more" in asked["first"]


def test_a_merged_id_goes_on_as_one_of_the_same_artist(
    run_of: RunOf, session: Session, sandbox: RunningSandbox
) -> None:
    old, new = merged_pair(sandbox)
    run = identified(run_of(old))
    assert (run.mbid, run.sync.artist.mbid) == (new, new)
    assert artists_by_mbid(session, [old, new]) == {old: run.artist_id, new: run.artist_id}


def test_two_artists_whose_ids_were_merged_are_one_and_the_run_goes_on_with_it(
    run_of: RunOf, session: Session, sandbox: RunningSandbox
) -> None:
    old, new = merged_pair(sandbox)
    kept = identified(run_of(new))
    session.execute(delete(ExternalId).where(ExternalId.external_id == old))
    run = run_of(old)
    given_up = run.sync.artist
    finish(run)
    assert (run.artist_id, run.sync.artist_id, given_up.merged_into_id) == (kept.artist_id,) * 3
    assert (given_up.mbid, run.sync.artist.mbid, run.sync.state) == (None, new, "done")
    assert artists_by_mbid(session, [old, new]) == {old: kept.artist_id, new: kept.artist_id}
    assert session.scalar(select(func.count()).where(Song.artist_id == given_up.id)) == 0
    assert session.scalar(select(func.count()).where(Song.artist_id == kept.artist_id))


def test_a_run_under_way_follows_its_artist_into_another(
    run_of: RunOf, session: Session, sandbox: RunningSandbox
) -> None:
    """Somebody merges while its songs come in: none is left behind."""
    run = run_of(sandbox.sandbox.catalogue.mbid(PROVEN))
    steps = import_artist(run)
    keeper = Artist(name="Kept", name_folded="kept")
    session.add(keeper)
    given_up = run.sync.artist
    for number, _ in enumerate(steps):
        session.commit()
        if number == HALF_WAY:
            merge_artists(session, given_up, keeper, now=run.now())
            session.commit()
    session.commit()
    assert (run.artist_id, run.sync.state) == (keeper.id, "done")
    for column in (Song.artist_id, ShowArtist.artist_id, ExternalId.artist_id):
        assert session.scalar(select(func.count()).where(column == given_up.id)) == 0
        assert (session.scalar(select(func.count()).where(column == keeper.id)) or 0) > 0


def merged_pair(sandbox: RunningSandbox) -> tuple[str, str]:
    catalogue = sandbox.sandbox.catalogue
    index = next(index for index in range(ARTISTS) if catalogue.merged_mbid(index))
    return str(catalogue.merged_mbid(index)), catalogue.mbid(index)
