"""What proves an act at Ticketmaster, what makes it doubtful, and what leaves it alone."""

import json
from pathlib import Path

import pytest

from setlist.pipeline.likeness import Verdict, compare, evidence
from setlist.providers.answers import ArtistRecord, Attraction
from setlist.providers.ticketmaster_events import read_attraction

OURS, ANOTHERS = "5b11f4ce-a62d-471e-81fc-a69a8278c7da", "9282c8b4-ca0b-4c6b-b7e3-4f7762dfc4d6"
RECORD = ArtistRecord(
    mbid=OURS,
    name="Low Tide",
    aliases=("Lowtide UK",),
    spotify_ids=("ours",),
    ticketmaster_ids=("K8vNamed",),
    links=("lowtide.example", "instagram.com/lowtide"),
)
RECORDED = Path(__file__).parents[3] / "shared/payloads/ticketmaster/attractions-with-musicbrainz.json"


def hit(name: str = "Low Tide", id: str = "K8v", **more: object) -> Attraction:
    return Attraction(id=id, name=name, **more)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (hit(mbids=(OURS,)), Verdict.PROVEN),
        (hit(spotify_ids=("ours",)), Verdict.PROVEN),
        (hit(id="K8vNamed"), Verdict.PROVEN),
        (hit(links=("lowtide.example",)), Verdict.PROVEN),
        (hit("LOW TIDE", links=("instagram.com/lowtide",)), Verdict.PROVEN),
        (hit("Lowtide UK", mbids=(OURS,)), Verdict.PROVEN),
        (hit("Somebody Else", mbids=(OURS,), links=("lowtide.example",)), Verdict.PROVEN),
        (hit(mbids=(OURS,), spotify_ids=("another",), links=("lowtide.example",)), Verdict.PROVEN),
        # the name alone, however rare
        (hit(), Verdict.DOUBTFUL),
        (hit(links=("facebook.com/other",)), Verdict.DOUBTFUL),
        (hit(spotify_ids=("another",)), Verdict.DOUBTFUL),
        # one id says yes, another thing says no
        (hit("Somebody Else", mbids=(OURS,)), Verdict.DOUBTFUL),
        (hit("Low Tide Tribute", mbids=(OURS,)), Verdict.DOUBTFUL),
        (hit(mbids=(OURS,), spotify_ids=("another",)), Verdict.DOUBTFUL),
        # another MusicBrainz id: a namesake, or one that was merged
        (hit(mbids=(ANOTHERS,)), Verdict.OTHER_ID),
        (hit(mbids=(ANOTHERS,), spotify_ids=("ours",)), Verdict.OTHER_ID),
        (hit("Somebody Else", id="K8vNamed", mbids=(ANOTHERS,)), Verdict.OTHER_ID),
        # nothing in common
        (hit("Somebody Else"), Verdict.ANOTHER),
        (hit("Low Tide Tribute"), Verdict.ANOTHER),
        (hit("Somebody Else", mbids=(ANOTHERS,)), Verdict.ANOTHER),
        (hit("Low Tide Festival", links=("lowtide.example",)), Verdict.ANOTHER),
    ],
)
def test_compare(found: Attraction, expected: Verdict) -> None:
    likeness = compare(found, RECORD)
    assert likeness.verdict is expected
    assert bool(likeness.reason) is (expected in {Verdict.DOUBTFUL, Verdict.OTHER_ID})


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded answers are not here")
def test_recorded_acts_are_proven_by_their_id_under_their_own_name() -> None:
    acts = [read_attraction(raw) for raw in json.loads(RECORDED.read_text())]
    known = [act for act in acts if act is not None and act.mbids]
    assert len(known) > 20
    for act in known:
        assert compare(act, ArtistRecord(mbid=act.mbids[0], name=act.name)).verdict is Verdict.PROVEN
        only_pages = Attraction(id=act.id, name=act.name, links=act.links)
        same_pages = ArtistRecord(mbid=OURS, name=act.name, links=act.links)
        expected = Verdict.PROVEN if act.links else Verdict.DOUBTFUL
        assert compare(only_pages, same_pages).verdict is expected
        others = [other for other in known if other.name != act.name]
        assert {compare(other, same_pages).verdict for other in others} <= {Verdict.ANOTHER}


def test_the_evidence_stands_side_by_side_without_what_is_unknown() -> None:
    sides = evidence(hit(genres=("Folk",), upcoming=0), RECORD)
    assert sides["theirs"] == {"Name": "Low Tide", "Genres": "Folk", "Coming shows": "0"}
    assert sides["ours"]["Pages"] == "lowtide.example, instagram.com/lowtide"
    assert "From" not in sides["ours"]
