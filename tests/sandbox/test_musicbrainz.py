"""MusicBrainz' ways, over a real socket."""

from typing import Any

import pytest

from setlist.sandbox.catalogue.ids import Kind
from tests.sandbox.caller import Caller


def _all_pages(caller: Caller, kind: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        page = caller.musicbrainz(kind, limit=100, offset=len(found), **query).json()
        found += page[f"{kind}s"]
        if len(found) >= page[f"{kind}-count"]:
            return found


class TestSearch:
    def test_namesakes_are_found_together_and_the_better_known_does_not_come_first(
        self, caller: Caller, benchmark_mbid: str
    ) -> None:
        query = 'artist:"The Copper Meridian" OR alias:"The Copper Meridian"'
        found = caller.musicbrainz("artist", query=query).json()
        named = [hit for hit in found["artists"] if hit["name"] == "The Copper Meridian"]
        assert [hit["disambiguation"] for hit in named] == [
            "Scottish folk duo",
            "American band, known for long shows",
        ]
        assert named[0]["score"] == 100 > named[1]["score"]
        assert named[1]["id"] == benchmark_mbid

    def test_a_name_in_other_letters_is_found_by_its_own_and_by_the_latin_spelling(
        self, caller: Caller
    ) -> None:
        catalogue = caller.running.sandbox.catalogue
        act = next(
            act for act in map(catalogue.artist, range(400)) if act.language == "ru" and act.index > 20
        )
        for text in (act.name, act.latin_name):
            hits = caller.musicbrainz("artist", query=f'artist:"{text}"', limit=100).json()["artists"]
            assert catalogue.mbid(act.index) in [hit["id"] for hit in hits]

    def test_nothing_found_is_a_count_of_zero(self, caller: Caller) -> None:
        found = caller.musicbrainz("artist", query="xyzzyplugh").json()
        assert (found["count"], found["artists"]) == (0, [])

    def test_a_search_for_nothing_is_refused(self, caller: Caller) -> None:
        assert caller.musicbrainz("artist", query="").status_code == 400


class TestLookup:
    def test_an_artist_comes_with_what_was_asked_for(self, caller: Caller, benchmark_mbid: str) -> None:
        plain = caller.musicbrainz(f"artist/{benchmark_mbid}").json()
        rich = caller.musicbrainz(f"artist/{benchmark_mbid}", inc="aliases+url-rels+tags").json()
        assert {"aliases", "relations", "tags"}.isdisjoint(plain)
        assert {"aliases", "relations", "tags"} <= set(rich)
        assert rich["end-area"] is None
        spotify = [
            entry["url"]["resource"] for entry in rich["relations"] if entry["type"] == "free streaming"
        ]
        assert f"https://open.spotify.com/artist/{caller.spotify_id()}" in spotify

    def test_a_merged_id_redirects_or_answers_with_the_surviving_id(self, caller: Caller) -> None:
        catalogue = caller.running.sandbox.catalogue
        merged = {act: old for act in range(1, 400) if (old := catalogue.merged_mbid(act))}
        statuses = set()
        for act, old in merged.items():
            answer = caller.musicbrainz(f"artist/{old}")
            statuses.add(answer.status_code)
            assert answer.json()["id"] == catalogue.mbid(act) != old
            if answer.status_code == 301:
                assert answer.headers["Location"].startswith("http://")
                assert catalogue.mbid(act) in answer.headers["Location"]
        assert statuses == {200, 301}

    @pytest.mark.parametrize(
        ("path", "status", "error"),
        [
            ("artist/not-an-id", 400, "Invalid mbid."),
            ("artist/00000000-0000-4000-8000-000000000000", 404, "Not Found"),
            ("recording?artist=nobody", 400, "Invalid mbid."),
        ],
    )
    def test_mistakes_are_named(self, caller: Caller, path: str, status: int, error: str) -> None:
        answer = caller.musicbrainz(path)
        assert (answer.status_code, answer.json()["error"]) == (status, error)

    def test_an_unknown_inc_is_refused(self, caller: Caller, benchmark_mbid: str) -> None:
        answer = caller.musicbrainz(f"artist/{benchmark_mbid}", inc="shoes")
        assert answer.status_code == 400
        assert answer.json()["error"] == "shoes is not a valid inc parameter for the artist resource."


class TestBrowse:
    def test_more_than_a_hundred_is_silently_cut(self, caller: Caller, benchmark_mbid: str) -> None:
        page = caller.musicbrainz("recording", artist=benchmark_mbid, limit=500).json()
        assert len(page["recordings"]) == 100 < page["recording-count"]

    def test_the_default_page_has_25(self, caller: Caller, benchmark_mbid: str) -> None:
        assert len(caller.musicbrainz("work", artist=benchmark_mbid).json()["works"]) == 25

    def test_several_recordings_share_a_title_and_some_are_videos(
        self, caller: Caller, benchmark_mbid: str
    ) -> None:
        found = _all_pages(caller, "recording", artist=benchmark_mbid, inc="isrcs+artist-credits")
        assert len({entry["id"] for entry in found}) == len(found)
        assert len({entry["title"] for entry in found}) < len(found)
        assert any(entry["video"] for entry in found)
        assert any(len(entry["artist-credit"]) == 2 for entry in found)

    def test_recordings_lead_to_works_when_asked(self, caller: Caller, benchmark_mbid: str) -> None:
        page = caller.musicbrainz("recording", artist=benchmark_mbid, inc="work-rels").json()
        relations = [entry["relations"] for entry in page["recordings"]]
        assert relations.count([]) < len(relations)
        assert next(filter(None, relations))[0]["work"]["title"]

    def test_unknown_lengths_are_null_and_dates_partial(self, caller: Caller) -> None:
        catalogue = caller.running.sandbox.catalogue
        big = next(act for act in range(1, 400) if catalogue.artist(act).song_count > 200)
        found = _all_pages(caller, "recording", artist=catalogue.mbid(big))
        assert None in [entry["length"] for entry in found]
        assert {len(entry["first-release-date"]) for entry in found} == {0, 4}

    def test_release_groups_can_be_had_by_type(self, caller: Caller, benchmark_mbid: str) -> None:
        query = {"artist": benchmark_mbid, "limit": 100}
        kinds = [
            {
                entry["primary-type"]
                for entry in caller.musicbrainz("release-group", **query, **of).json()["release-groups"]
            }
            for of in ({}, {"type": "album"}, {"type": "album|single"})
        ]
        assert kinds == [{"Album", "Single"}, {"Album"}, {"Album", "Single"}]


class TestReverseLookup:
    def test_one_unknown_address_is_not_found(self, caller: Caller) -> None:
        assert caller.musicbrainz("url", resource="https://example.org/").status_code == 404

    def test_in_a_list_the_unknown_ones_are_left_out(self, caller: Caller, benchmark_mbid: str) -> None:
        known = f"https://open.spotify.com/artist/{caller.spotify_id()}"
        found = caller.musicbrainz("url", resource=[known, "https://example.org/"], inc="artist-rels").json()
        assert (found["url-count"], found["urls"][0]["relations"][0]["artist"]["id"]) == (1, benchmark_mbid)

    def test_more_than_a_hundred_addresses_are_refused(self, caller: Caller) -> None:
        assert caller.musicbrainz("url", resource=["https://example.org/"] * 101).status_code == 400

    def test_an_isrc_leads_to_its_recording(self, caller: Caller, benchmark_mbid: str) -> None:
        page = caller.musicbrainz("recording", artist=benchmark_mbid, inc="isrcs", limit=100).json()
        recording = next(entry for entry in page["recordings"] if entry["isrcs"])
        found = caller.musicbrainz(f"isrc/{recording['isrcs'][0]}").json()
        assert [entry["id"] for entry in found["recordings"]] == [recording["id"]]
        assert caller.musicbrainz("isrc/GBAAA0000001").status_code == 404


class TestManners:
    @pytest.mark.parametrize("agent", ["", "python-requests/2.34.2", "curl/8.0"])
    def test_a_missing_or_generic_user_agent_is_turned_away(self, caller: Caller, agent: str) -> None:
        answer = caller.plain("musicbrainz/ws/2/artist?query=x&fmt=json", {"User-Agent": agent})
        assert answer.status_code == 403

    def test_without_asking_for_json_the_answer_is_xml(self, caller: Caller, benchmark_mbid: str) -> None:
        answer = caller.plain(
            f"musicbrainz/ws/2/artist/{benchmark_mbid}", {"User-Agent": "Tests/1 ( x@y.z )"}
        )
        assert answer.headers["Content-Type"].startswith("application/xml")
        assert answer.text.startswith("<?xml")

    def test_an_accept_header_is_as_good_as_fmt(self, caller: Caller, benchmark_mbid: str) -> None:
        headers = {"User-Agent": "Tests/1 ( x@y.z )", "Accept": "application/json"}
        assert (
            caller.plain(f"musicbrainz/ws/2/artist/{benchmark_mbid}", headers).json()["id"] == benchmark_mbid
        )

    def test_ids_of_other_things_are_no_artists(self, caller: Caller) -> None:
        recording = caller.running.sandbox.catalogue.ids.mbid(Kind.RECORDING, 0, 8)
        assert caller.musicbrainz(f"artist/{recording}").status_code == 404
        assert caller.musicbrainz(f"recording/{recording}").json()["id"] == recording
