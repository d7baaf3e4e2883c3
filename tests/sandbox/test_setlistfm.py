"""setlist.fm's ways, over a real socket."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.sandbox.caller import Caller

MOMENT = "%Y%m%d%H%M%S"


def _setlists(caller: Caller, mbid: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    page = 1
    while (answer := caller.setlistfm(f"artist/{mbid}/setlists", p=page)).status_code == 200:
        found += answer.json()["setlist"]
        page += 1
    return found


def _many(caller: Caller) -> list[dict[str, Any]]:
    """The latest setlists of a hundred acts."""
    catalogue = caller.running.sandbox.catalogue
    answers = [caller.setlistfm(f"artist/{catalogue.mbid(act)}/setlists") for act in range(100)]
    return [entry for answer in answers if answer.status_code == 200 for entry in answer.json()["setlist"]]


def _latest(caller: Caller, mbid: str) -> list[dict[str, Any]]:
    """Of the last months, which is longer than a setlist changes."""
    pages = [caller.setlistfm(f"artist/{mbid}/setlists", p=page) for page in (1, 2)]
    return [entry for page in pages if page.status_code == 200 for entry in page.json()["setlist"]]


def _changed(setlist: dict[str, Any]) -> datetime:
    return datetime.strptime(setlist["lastUpdated"], "%Y-%m-%dT%H:%M:%S.000%z")


def _changed_since(caller: Caller, mbid: str, since: datetime) -> set[str]:
    answer = caller.setlistfm("search/setlists", artistMbid=mbid, lastUpdated=f"{since:{MOMENT}}")
    return {entry["id"] for entry in answer.json()["setlist"]} if answer.status_code == 200 else set()


def _songs(setlist: dict[str, Any]) -> list[dict[str, Any]]:
    return [song for part in setlist["sets"]["set"] for song in part["song"]]


class TestArtistSetlists:
    def test_the_benchmark_act_has_two_hundred_newest_first(
        self, caller: Caller, benchmark_mbid: str
    ) -> None:
        found = _setlists(caller, benchmark_mbid)
        days = [datetime.strptime(entry["eventDate"], "%d-%m-%Y").date() for entry in found]  # noqa: DTZ007
        assert len(found) == len({entry["id"] for entry in found}) == len(set(days)) == 200
        assert days == sorted(days, reverse=True)

    def test_a_page_has_twenty_and_says_so(self, caller: Caller, benchmark_mbid: str) -> None:
        page = caller.setlistfm(f"artist/{benchmark_mbid}/setlists", p=2).json()
        assert (page["itemsPerPage"], page["page"], page["total"], len(page["setlist"])) == (20, 2, 200, 20)

    def test_after_the_last_page_there_is_nothing_and_that_is_a_404(
        self, caller: Caller, benchmark_mbid: str
    ) -> None:
        answer = caller.setlistfm(f"artist/{benchmark_mbid}/setlists", p=11)
        assert answer.status_code == 404
        assert answer.json()["message"] == "not found"

    def test_about_a_third_are_stubs(self, caller: Caller) -> None:
        found = _many(caller)
        assert 0.25 < sum(entry["sets"]["set"] == [] for entry in found) / len(found) < 0.5

    def test_all_that_is_odd_in_the_real_ones_occurs(self, caller: Caller) -> None:
        found = _many(caller)
        parts = [part for entry in found for part in entry["sets"]["set"]]
        songs = [song for entry in found for song in _songs(entry)]
        assert {1, 2} <= {part.get("encore") for part in parts}
        assert any(part.get("name") for part in parts)
        assert any(song["name"] == "" for song in songs)
        assert any(song.get("tape") for song in songs)
        assert any("mbid" in song.get("cover", {}) for song in songs)
        assert any("mbid" in song.get("with", {}) for song in songs)
        assert any(" / " in song["name"] for song in songs)
        assert any(song.get("info") == ">" for song in songs)
        assert any("tour" not in entry for entry in found)
        assert any("city" not in entry["venue"] for entry in found)
        assert any(entry["versionId"].startswith("g") for entry in found)
        assert any(not entry["versionId"].startswith("g") for entry in found)
        assert all(entry["url"].startswith("https://") for entry in found)

    def test_an_act_can_play_twice_on_a_day(self, caller: Caller) -> None:
        nights = [
            (entry["artist"]["mbid"], entry["eventDate"], entry["venue"]["id"]) for entry in _many(caller)
        ]
        assert len(nights) > len(set(nights))

    def test_a_citys_venues_share_its_coordinates(self, caller: Caller) -> None:
        cities = [entry["venue"]["city"] for entry in _many(caller) if "city" in entry["venue"]]
        coordinates = {(city["id"], city["coords"]["lat"], city["coords"]["long"]) for city in cities}
        assert len(coordinates) == len({city["id"] for city in cities})


class TestTime:
    def test_a_show_is_first_a_stub_and_filled_later(self, caller: Caller, benchmark_mbid: str) -> None:
        before = _setlists(caller, benchmark_mbid)
        caller.switch(now="2026-12-15T12:00:00+00:00")
        after = _setlists(caller, benchmark_mbid)
        known = {entry["id"]: entry for entry in before}
        assert len(after) == 200
        assert after[0]["id"] not in known
        for entry in after:
            earlier = known.get(entry["id"])
            assert earlier is None or earlier["lastUpdated"] <= entry["lastUpdated"]

    def test_what_changed_since_can_be_asked_for(self, caller: Caller, benchmark_mbid: str) -> None:
        query = {"artistMbid": benchmark_mbid, "lastUpdated": "20261101000000"}
        found = caller.setlistfm("search/setlists", **query).json()["setlist"]
        assert found
        assert all(entry["lastUpdated"] >= "2026-11-01" for entry in found)

    @pytest.mark.parametrize("now", ["2026-11-24T12:00:00+00:00", "2026-07-05T03:00:00+00:00"])
    def test_whatever_changed_since_is_found_and_nothing_else(self, caller: Caller, now: str) -> None:
        """Asked for are moments at which one changed, and the seconds after: the show may be long over."""
        caller.switch(now=now)
        catalogue, found = caller.running.sandbox.catalogue, 0
        for mbid in map(catalogue.mbid, range(0, 60, 4)):
            changes = {entry["id"]: _changed(entry) for entry in _latest(caller, mbid)}
            moments = sorted(changes.values())[-8:]
            for since in (*moments, *(moment + timedelta(seconds=1) for moment in moments)):
                wanted = {id for id, changed in changes.items() if changed >= since}
                assert _changed_since(caller, mbid, since) == wanted
                found += len(wanted)
        assert found > 100

    def test_nothing_changed_since_is_a_404(self, caller: Caller, benchmark_mbid: str) -> None:
        newest = max(_changed(entry) for entry in _latest(caller, benchmark_mbid))
        query = {"artistMbid": benchmark_mbid, "lastUpdated": f"{newest + timedelta(seconds=1):{MOMENT}}"}
        answer = caller.setlistfm("search/setlists", **query)
        assert (answer.status_code, answer.json()["message"]) == (404, "not found")

    @pytest.mark.parametrize("since", ["yesterday", "2026-11-01", "20261399000000", "00010101000000"])
    def test_a_moment_that_is_none_finds_nothing(
        self, caller: Caller, benchmark_mbid: str, since: str
    ) -> None:
        query = {"artistMbid": benchmark_mbid, "lastUpdated": since}
        assert caller.setlistfm("search/setlists", **query).status_code == 404

    def test_the_version_changes_with_the_songs(self, caller: Caller) -> None:
        catalogue = caller.running.sandbox.catalogue
        played = {entry["id"]: entry for entry in _many(caller)}
        caller.switch(now="2026-11-29T12:00:00+00:00")
        changed = [
            (played[entry["id"]], entry)
            for entry in _many(caller)
            if entry["id"] in played and played[entry["id"]]["lastUpdated"] != entry["lastUpdated"]
        ]
        assert changed
        assert all(old["versionId"] != new["versionId"] for old, new in changed)
        assert all(new["sets"]["set"] for _, new in changed)
        assert catalogue.frozen_now is not None


class TestSearch:
    def test_artists_are_sorted_by_name_unless_relevance_is_asked_for(self, caller: Caller) -> None:
        by_name = caller.setlistfm("search/artists", artistName="meridian copper").json()["artist"]
        by_relevance = caller.setlistfm(
            "search/artists", artistName="meridian copper", sort="relevance"
        ).json()["artist"]
        assert [act["sortName"] for act in by_name] == sorted(act["sortName"] for act in by_name)
        assert by_relevance[0]["name"] == "The Copper Meridian"

    def test_a_date_can_be_asked_for(self, caller: Caller) -> None:
        found = caller.setlistfm("search/setlists", date="20-11-2026").json()
        assert found["total"] > 5
        assert {entry["eventDate"] for entry in found["setlist"]} == {"20-11-2026"}

    def test_venues_come_thirty_a_page(self, caller: Caller) -> None:
        found = caller.setlistfm("search/venues", country="GB").json()
        assert (found["itemsPerPage"], len(found["venue"])) == (30, 30)

    @pytest.mark.parametrize(
        "path", ["search/artists?artistName=xyzzy", "search/venues?name=xyzzy", "setlist/12345678"]
    )
    def test_nothing_found_is_a_404(self, caller: Caller, path: str) -> None:
        assert caller.setlistfm(path).status_code == 404


class TestById:
    def test_a_setlist_a_version_and_a_venue_can_be_had(self, caller: Caller, benchmark_mbid: str) -> None:
        entry = _setlists(caller, benchmark_mbid)[7]
        assert caller.setlistfm(f"setlist/{entry['id']}").json() == entry
        assert caller.setlistfm(f"setlist/version/{entry['versionId']}").json() == entry
        assert caller.setlistfm(f"venue/{entry['venue']['id']}").json() == entry["venue"]
        at_venue = caller.setlistfm(f"venue/{entry['venue']['id']}/setlists").json()["setlist"]
        assert {other["venue"]["id"] for other in at_venue} == {entry["venue"]["id"]}

    def test_ids_are_short_hexadecimal(self, caller: Caller, benchmark_mbid: str) -> None:
        found = _setlists(caller, benchmark_mbid)
        assert all(re.fullmatch("[0-9a-f]{5,8}", entry["id"]) for entry in found)


class TestManners:
    def test_without_a_key_the_door_is_closed(self, caller: Caller, benchmark_mbid: str) -> None:
        path = f"setlistfm/rest/1.0/artist/{benchmark_mbid}"
        refused = [caller.plain(path, headers) for headers in ({}, {"x-api-key": "wrong"})]
        assert [answer.status_code for answer in refused] == [403, 403]
        assert refused[0].json() == {"message": "Forbidden"}

    def test_without_asking_for_json_the_answer_is_xml(self, caller: Caller, benchmark_mbid: str) -> None:
        answer = caller.plain(f"setlistfm/rest/1.0/artist/{benchmark_mbid}", {"x-api-key": "sandbox"})
        assert answer.headers["Content-Type"].startswith("application/xml")
        assert f"<mbid>{benchmark_mbid}</mbid>" in answer.text

    def test_merged_ids_are_unknown(self, caller: Caller) -> None:
        catalogue = caller.running.sandbox.catalogue
        old = next(filter(None, map(catalogue.merged_mbid, range(400))))
        assert caller.setlistfm(f"artist/{old}").status_code == 404
