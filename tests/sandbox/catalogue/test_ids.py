from uuid import UUID, uuid4

import pytest

from setlist.sandbox.catalogue.ids import BENCHMARK_MBID, Ids, Kind, Meaning
from setlist.sandbox.catalogue.isrcs import isrc_of, read_isrc

PLACES = [(0, 0), (1, 1), (4711, 305), (99_999, 32_767)]


@pytest.mark.parametrize(("artist", "number"), PLACES)
def test_every_kind_of_id_can_be_read_back(artist: int, number: int) -> None:
    ids = Ids(7)
    assert ids.read_mbid(ids.mbid(Kind.RECORDING, artist, number)) == Meaning(Kind.RECORDING, artist, number)
    assert ids.read_spotify(ids.spotify(Kind.TRACK, artist, number)) == Meaning(Kind.TRACK, artist, number)
    assert ids.read_short(Kind.SETLIST, ids.short(Kind.SETLIST, artist, number)) == Meaning(
        Kind.SETLIST, artist, number
    )
    identity = ids.ticketmaster(Kind.EVENT, artist, number, 3)
    assert ids.read_ticketmaster(identity) == Meaning(Kind.EVENT, artist, number, 3)


def test_they_look_like_the_real_ones() -> None:
    ids = Ids(7)
    assert UUID(ids.mbid(Kind.ARTIST, 12)).version == 4
    assert len(ids.spotify(Kind.ARTIST, 12)) == 22
    assert ids.ticketmaster(Kind.ARTIST, 12).startswith("K8v")
    assert ids.ticketmaster(Kind.VENUE, 0, 12).startswith("Kov")


def test_ids_of_others_mean_nothing() -> None:
    ids, others = Ids(7), Ids(8)
    assert ids.read_mbid(str(uuid4())) is None
    assert ids.read_mbid("nonsense") is None
    assert ids.read_spotify("3AA28KZvwAUcZuOKwyblJQ") is None
    assert ids.read_spotify("short") is None
    assert ids.read_ticketmaster("vvG1YZ9ASfN7Jv") is None
    assert ids.read_ticketmaster("!") is None
    assert ids.read_short(Kind.VENUE, "xyz") is None
    assert ids.read_mbid(others.mbid(Kind.ARTIST, 12)) is None


def test_the_benchmark_act_has_the_same_id_with_every_seed() -> None:
    assert {Ids(seed).mbid(Kind.ARTIST, 0) for seed in (1, 7, 99)} == {BENCHMARK_MBID}


@pytest.mark.parametrize(("artist", "song"), [(0, 0), (46_655, 319), (46_656, 1), (99_999, 200)])
def test_an_isrc_says_whose_recording_it_is(artist: int, song: int) -> None:
    isrc = isrc_of(artist, song, 1)
    assert len(isrc) == 12
    assert read_isrc(isrc) == (artist, song * 8 + 1)


def test_foreign_isrcs_mean_nothing() -> None:
    assert read_isrc("GBAHS1400099") is None
