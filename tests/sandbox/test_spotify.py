"""Spotify's ways in development mode, over a real socket."""

from typing import Any

import pytest

from setlist.sandbox.catalogue.ids import BENCHMARK_MBID
from tests.sandbox.caller import Caller


def _releases(caller: Caller, act: int = 0, groups: str = "album,single,compilation") -> list[dict[str, Any]]:
    """By following `next`, as one should."""
    found: list[dict[str, Any]] = []
    page = caller.spotify(f"artists/{caller.spotify_id(act)}/albums", limit=10, include_groups=groups).json()
    while True:
        found += page["items"]
        if page["next"] is None:
            return found
        assert page["next"].startswith(caller.running.url)
        path = page["next"].removeprefix(f"{caller.running.url}/spotify/v1/")
        page = caller.spotify(path).json()


class TestToken:
    def test_a_client_gets_one_for_an_hour(self, caller: Caller) -> None:
        answer = caller.ask_for_token("sandbox").json()
        assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)

    def test_a_wrong_secret_is_refused_in_another_shape_than_elsewhere(self, caller: Caller) -> None:
        answer = caller.ask_for_token("wrong")
        assert answer.status_code == 400
        assert answer.json() == {"error": "invalid_client", "error_description": "Invalid client secret"}

    @pytest.mark.parametrize(
        ("headers", "message"),
        [({}, "No token provided"), ({"Authorization": "Bearer made-up"}, "Invalid access token")],
    )
    def test_nothing_works_without(self, caller: Caller, headers: dict[str, str], message: str) -> None:
        answer = caller.plain(f"spotify/v1/artists/{caller.spotify_id()}", headers)
        assert (answer.status_code, answer.json()["error"]["message"]) == (401, message)

    def test_an_old_one_has_expired(self, caller: Caller) -> None:
        token = caller.token()
        caller.running.sandbox.spotify.expire_tokens()
        answer = caller.plain(
            f"spotify/v1/artists/{caller.spotify_id()}", {"Authorization": f"Bearer {token}"}
        )
        assert (answer.status_code, answer.json()["error"]["message"]) == (401, "The access token expired")


class TestSearch:
    def test_namesakes_come_together(self, caller: Caller) -> None:
        found = caller.spotify("search", q="the copper meridian", type="artist").json()["artists"]
        assert [act["name"] for act in found["items"]].count("The Copper Meridian") == 2
        assert found["items"][0]["id"] != caller.spotify_id()

    def test_nobody_found_is_an_empty_list(self, caller: Caller) -> None:
        found = caller.spotify("search", q="xyzzyplugh", type="artist").json()["artists"]
        assert (found["items"], found["total"], found["next"]) == ([], 0, None)

    def test_more_than_ten_is_an_invalid_limit(self, caller: Caller) -> None:
        answer = caller.spotify("search", q="the", type="artist", limit=11)
        assert (answer.status_code, answer.json()["error"]["message"]) == (400, "Invalid limit")

    def test_tracks_can_be_had_by_artist_and_album_with_their_isrc(self, caller: Caller) -> None:
        album = _releases(caller, 0, "album")[0]["name"]
        query = f'artist:"The Copper Meridian" album:"{album}"'
        found = caller.spotify("search", q=query, type="track", limit=10).json()["tracks"]["items"]
        assert all(len(track["external_ids"]["isrc"]) == 12 for track in found)

    def test_an_unknown_type_is_refused(self, caller: Caller) -> None:
        assert caller.spotify("search", q="x", type="banana").status_code == 400


class TestArtist:
    def test_the_fields_taken_away_in_2026_are_gone(self, caller: Caller) -> None:
        found = caller.spotify(f"artists/{caller.spotify_id()}").json()
        assert found["name"] == "The Copper Meridian"
        assert {"followers", "popularity"}.isdisjoint(found)

    @pytest.mark.parametrize(
        "path", ["artists/{}/top-tracks", "artists?ids={}", "albums?ids={}", "tracks?ids={}"]
    )
    def test_what_was_removed_is_forbidden(self, caller: Caller, path: str) -> None:
        answer = caller.spotify(path.format(caller.spotify_id()))
        assert (answer.status_code, answer.json()) == (
            403,
            {"error": {"status": 403, "message": "Forbidden"}},
        )

    def test_an_unknown_id_is_not_found(self, caller: Caller) -> None:
        answer = caller.spotify("artists/3AA28KZvwAUcZuOKwyblJQ")
        assert (answer.status_code, answer.json()["error"]["message"]) == (404, "Resource not found")


class TestAlbums:
    def test_more_than_ten_is_an_invalid_limit_and_five_the_default(self, caller: Caller) -> None:
        path = f"artists/{caller.spotify_id()}/albums"
        assert caller.spotify(path, limit=11).status_code == 400
        assert caller.spotify(path).json()["limit"] == 5

    def test_totals_count_what_pages_leave_out_and_a_short_page_is_not_the_last(self, caller: Caller) -> None:
        path = f"artists/{caller.spotify_id()}/albums"
        first = caller.spotify(path, limit=10, include_groups="album,single,compilation").json()
        assert len(first["items"]) == 9
        assert first["next"] is not None
        assert len(_releases(caller)) < first["total"]

    def test_some_totals_are_simply_wrong(self, caller: Caller) -> None:
        path = f"artists/{caller.spotify_id(3)}/albums"
        total = caller.spotify(path, limit=10, include_groups="album,single,compilation").json()["total"]
        assert total > len(_releases(caller, 3)) + 5

    def test_groups_can_be_chosen(self, caller: Caller) -> None:
        assert {release["album_group"] for release in _releases(caller, 0, "single")} == {"single"}
        assert "compilation" in {release["album_group"] for release in _releases(caller)}

    def test_there_are_twins_and_live_records(self, caller: Caller) -> None:
        names = [release["name"] for release in _releases(caller)]
        assert any("Deluxe" in name or "Expanded" in name for name in names)
        assert any("Live" in name for name in names)
        assert len(set(names)) < len(names)

    def test_one_embeds_fifty_tracks_and_says_where_the_rest_is(self, caller: Caller) -> None:
        anthology = next(release for release in _releases(caller) if release["name"] == "Anthology")
        album = caller.spotify(f"albums/{anthology['id']}").json()
        assert len(album["tracks"]["items"]) == 50 < album["total_tracks"] == album["tracks"]["total"]
        rest = caller.spotify(
            album["tracks"]["next"].removeprefix(f"{caller.running.url}/spotify/v1/")
        ).json()
        assert len(rest["items"]) == album["total_tracks"] - 50
        assert "external_ids" not in rest["items"][0]

    def test_tracks_of_an_album_come_fifty_at_most(self, caller: Caller) -> None:
        album = _releases(caller, 0, "album")[0]["id"]
        assert caller.spotify(f"albums/{album}/tracks", limit=51).status_code == 400
        assert caller.spotify(f"albums/{album}/tracks").json()["limit"] == 20

    def test_versions_are_named_in_many_ways(self, caller: Caller) -> None:
        titles = [
            track["name"]
            for release in _releases(caller)
            for track in caller.spotify(f"albums/{release['id']}/tracks", limit=50).json()["items"]
        ]
        for mark in ("Remaster", "Live", "(feat. ", "Remix", "Acoustic", "Demo"):
            assert any(mark in title for title in titles), mark

    def test_a_sampler_holds_songs_of_others(self, caller: Caller) -> None:
        found = next(found for act in range(30) if (found := _releases(caller, act, "appears_on")))
        tracks = caller.spotify(f"albums/{found[0]['id']}/tracks", limit=50).json()["items"]
        assert found[0]["artists"][0]["name"] == "Various Artists"
        assert len({track["artists"][0]["id"] for track in tracks}) > 5


class TestTrack:
    def test_it_has_the_isrc_that_musicbrainz_knows(self, caller: Caller) -> None:
        album = _releases(caller, 0, "album")[-1]["id"]
        track = caller.spotify(f"albums/{album}/tracks").json()["items"][0]
        full = caller.spotify(f"tracks/{track['id']}").json()
        assert full["album"]["id"] == album
        recordings = caller.musicbrainz(f"isrc/{full['external_ids']['isrc']}", inc="artist-credits").json()[
            "recordings"
        ]
        assert recordings[0]["artist-credit"][0]["artist"]["id"] == BENCHMARK_MBID
        assert recordings[0]["length"] == pytest.approx(full["duration_ms"], abs=1000)


class TestExtendedMode:
    @pytest.fixture(autouse=True)
    def _extended(self, caller: Caller) -> None:
        caller.switch(spotify_mode="extended")

    def test_pages_hold_fifty(self, caller: Caller) -> None:
        albums = f"artists/{caller.spotify_id()}/albums"
        page = caller.spotify(albums, limit=50).json()
        assert len(page["items"]) > 10
        assert caller.spotify(albums, limit=51).status_code == 400
        assert caller.spotify("search", q="a", type="artist").json()["artists"]["limit"] == 20

    @pytest.mark.parametrize(("kind", "most"), [("albums", 20), ("artists", 50), ("tracks", 50)])
    def test_several_come_in_one_call_up_to_a_limit(self, caller: Caller, kind: str, most: int) -> None:
        unknown = ["0" * 22] * most
        assert caller.spotify(kind, ids=",".join(unknown)).json() == {kind: [None] * most}
        refused = caller.spotify(kind, ids=",".join([*unknown, "0" * 22]))
        assert (refused.status_code, refused.json()["error"]["message"]) == (400, "Too many ids requested")
        assert caller.spotify(kind).status_code == 400

    def test_albums_come_as_alone_in_the_order_asked_for(self, caller: Caller) -> None:
        ids = [release["id"] for release in _releases(caller)[:3]]
        several = caller.spotify("albums", ids=f"{ids[2]},nobody,{ids[0]}").json()["albums"]
        alone = [caller.spotify(f"albums/{id}").json() for id in (ids[2], ids[0])]
        assert several == [alone[0], None, alone[1]]


def test_a_known_answer_is_not_sent_again_and_counts_as_a_call(caller: Caller) -> None:
    path = f"spotify/v1/artists/{caller.spotify_id()}"
    headers = {"Authorization": f"Bearer {caller.token()}"}
    first = caller.plain(path, headers)
    caller.switch(reset_counts=True)
    for tag in (first.headers["ETag"], f'"other", W/{first.headers["ETag"]}'):
        again = caller.plain(path, headers | {"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert caller.plain(path, headers | {"If-None-Match": '"other"'}).json() == first.json()
    assert caller.control()["answers"]["spotify"] == {"artist": {"200": 1, "304": 2}}
    other = caller.plain(f"spotify/v1/artists/{caller.spotify_id(1)}", headers)
    assert other.headers["ETag"] != first.headers["ETag"]
