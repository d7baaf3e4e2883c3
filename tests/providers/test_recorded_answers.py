"""Every recorded answer through the real client, over a real socket."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from setlist.providers.answers import SetlistRecord
from setlist.providers.errors import Misconfigured, NotFound, ProviderError, RateLimited, Refused
from setlist.providers.musicbrainz import MusicBrainz
from setlist.providers.setlistfm import SetlistFm
from tests.providers.conftest import Serve
from tests.providers.recorded import all_recorded, needs_recordings, recorded

pytestmark = needs_recordings

MBID = "5b11f4ce-a62d-471e-81fc-a69a8278c7da"
METHODS: dict[str, dict[str, Callable[[Any], object]]] = {
    "musicbrainz": {
        "search": lambda client: client.search_artists("x"),
        "artist": lambda client: client.artist(MBID),
        "recordings": lambda client: client.recordings(MBID),
        "release groups": lambda client: client.release_groups(MBID),
        "urls": lambda client: client.artists_by_url(["https://a", "https://b"]),
    },
    "ticketmaster": {
        "attractions": lambda client: client.attractions("x"),
        "attraction": lambda client: client.attraction("x"),
        "events": lambda client: client.events(["x"]),
        "venue": lambda client: client.venue("x"),
    },
    "setlistfm": {
        "search": lambda client: client.search_artists("x"),
        "setlists": lambda client: client.setlists(MBID),
    },
    "spotify": {
        "search": lambda client: client.search_artists("x"),
        "artist": lambda client: client.artist("x"),
        "albums": lambda client: client.albums("x"),
        "tracks": lambda client: client.tracks("x"),
    },
}


@pytest.mark.parametrize("provider", METHODS)
def test_whatever_was_recorded_only_a_provider_error_comes_out(
    request: pytest.FixtureRequest, serve: Serve, provider: str
) -> None:
    """Each file as the answer to each of our calls, even to those that it does not belong to."""
    client = request.getfixturevalue(provider)
    answered = 0
    for body in all_recorded(provider).values():
        serve(body)
        for call in METHODS[provider].values():
            try:
                call(client)
            except ProviderError:
                continue
            answered += 1
    assert answered > 0


class TestSetlistFm:
    @pytest.mark.parametrize(
        ("name", "total", "songs"),
        [
            ("artist-setlists-page1", 214, 181),
            ("artist-setlists-page2", 214, 120),
            ("artist-setlists-phish-2025-page1", 2_073, 369),
        ],
    )
    def test_pages(self, serve: Serve, setlistfm: SetlistFm, *, name: str, total: int, songs: int) -> None:
        serve(recorded("setlistfm", name))
        page = setlistfm.setlists(MBID)
        assert (len(page.items), page.skipped, page.total, page.cursor) == (20, 0, total, "2")
        assert sum(len(item.songs) for item in page.items) == songs

    def read(self, serve: Serve, setlistfm: SetlistFm, name: str) -> SetlistRecord:
        serve({"total": 1, "setlist": [recorded("setlistfm", name)]})
        (found,) = setlistfm.setlists(MBID).items
        return found

    def test_every_single_setlist_is_read(self, serve: Serve, setlistfm: SetlistFm) -> None:
        names = all_recorded("setlistfm", "setlist-*")
        found = [self.read(serve, setlistfm, name) for name in names]
        assert len(found) == 12
        assert all(item.url and item.local_date and item.venue for item in found)

    @pytest.mark.parametrize("name", ["setlist-empty-sets", "setlist-unicode-hyphen-artist"])
    def test_a_stub_has_no_songs(self, serve: Serve, setlistfm: SetlistFm, name: str) -> None:
        assert self.read(serve, setlistfm, name).songs == ()

    def test_blank_songs_keep_their_place(self, serve: Serve, setlistfm: SetlistFm) -> None:
        blank = self.read(serve, setlistfm, "setlist-by-id-blank-song").songs
        assert "" in [song.name for song in blank][1:-1]
        taped = self.read(serve, setlistfm, "setlist-blank-names-and-tape").songs
        assert any(song.name == "" and song.tape for song in taped)
        unknown = self.read(serve, setlistfm, "setlist-unknown-songs-info").songs
        assert any(song.name == "" and song.info for song in unknown)

    def test_sets_and_encores(self, serve: Serve, setlistfm: SetlistFm) -> None:
        two = self.read(serve, setlistfm, "setlist-two-encores").songs
        assert {song.encore for song in two} == {0, 1, 2}
        named = self.read(serve, setlistfm, "setlist-named-sets").songs
        assert [*dict.fromkeys(song.set_name for song in named)][:2] == ["Set 1:", "Set 2:"]
        guests = self.read(serve, setlistfm, "setlist-with-guest").songs
        assert any(song.guest for song in guests)

    def test_a_venue_without_a_city(self, serve: Serve, setlistfm: SetlistFm) -> None:
        found = self.read(serve, setlistfm, "setlist-version-venue-without-city")
        assert found.venue is not None
        assert (found.venue.name, found.venue.city) == ("Civic Hall, Wolverhampton, UK", "")
        assert [song.encore for song in found.songs].count(2) == 2

    def test_names_keep_their_letters(self, serve: Serve, setlistfm: SetlistFm) -> None:
        assert self.read(serve, setlistfm, "setlist-unicode-artist").artist_name == "Mgła"
        assert self.read(serve, setlistfm, "setlist-unicode-hyphen-artist").artist_name == "Cro‐Mags"

    @pytest.mark.parametrize(
        ("name", "hits"),
        [
            ("search-artists-by-name", 30),
            ("search-artists-by-tmid", 3),
            ("search-artists-by-mbid", 1),
            ("search-artists-page", 30),
        ],
    )
    def test_searches(self, serve: Serve, setlistfm: SetlistFm, name: str, hits: int) -> None:
        serve(recorded("setlistfm", name))
        assert len(setlistfm.search_artists("x")) == hits

    def test_nothing_found_in_both_its_forms(self, serve: Serve, setlistfm: SetlistFm) -> None:
        for name in ("404_no_results_2026", "404_2017"):
            serve(recorded("setlistfm", "errors-observed")[name]["body"], 404)
            assert setlistfm.setlists(MBID).items == ()
            assert setlistfm.search_artists("x") == ()

    @pytest.mark.parametrize(("name", "expected"), [("403_bad_key", Misconfigured), ("429", RateLimited)])
    def test_errors(
        self, serve: Serve, setlistfm: SetlistFm, name: str, expected: type[ProviderError]
    ) -> None:
        error = recorded("setlistfm", "errors-observed")[name]
        serve(error["body"], error["status"], error.get("headers"))
        with pytest.raises(expected):
            setlistfm.setlists(MBID)


class TestMusicBrainz:
    def test_namesakes_outrank_the_famous_one(self, serve: Serve, musicbrainz: MusicBrainz) -> None:
        serve(recorded("musicbrainz", "artist-search-namesakes"))
        hits = musicbrainz.search_artists("Nirvana")
        assert [(hit.country, hit.score) for hit in hits[:3]] == [("GB", 100), ("FI", 100), ("US", 90)]
        assert (hits[2].mbid, hits[2].begin_year, hits[2].end_year) == (MBID, 1988, 1994)

    def test_a_search_of_today(self, serve: Serve, musicbrainz: MusicBrainz) -> None:
        serve(recorded("musicbrainz", "artist-search-limit1"))
        (hit,) = musicbrainz.search_artists("Leonard Cohen")
        assert (hit.name, hit.country, hit.score) == ("Leonard Cohen", "CA", 100)

    @pytest.mark.parametrize(
        "name", ["artist-lookup", "artist-lookup-aliases-unicode", "artist-url-rels", "picard-artist"]
    )
    def test_artists(self, serve: Serve, musicbrainz: MusicBrainz, name: str) -> None:
        raw = recorded("musicbrainz", name)
        serve(raw)
        found = musicbrainz.artist(MBID)
        assert (found.mbid, found.name, found.country) == (raw["id"], raw["name"], raw["country"] or "")

    def test_aliases_in_other_scripts(self, serve: Serve, musicbrainz: MusicBrainz) -> None:
        serve(recorded("musicbrainz", "picard-artist-arabic"))
        found = musicbrainz.artist(MBID)
        assert not found.name.isascii()
        assert found.sort_name.isascii()

    @pytest.mark.parametrize(
        ("name", "read"),
        [
            ("recordings-browse-by-artist", (25, 0, 30, "25")),
            ("recordings-browse-p2", (3, 0, 10, "3")),
            ("recording-search", (25, 0, None, None)),
        ],
    )
    def test_recordings(self, serve: Serve, musicbrainz: MusicBrainz, name: str, read: object) -> None:
        serve(recorded("musicbrainz", name))
        page = musicbrainz.recordings(MBID)
        assert (len(page.items), page.skipped, page.total, page.cursor) == read

    def test_recordings_in_which_everything_is_null(self, serve: Serve, musicbrainz: MusicBrainz) -> None:
        recordings = all_recorded("musicbrainz", "picard-recording*")
        serve({"recordings": list(recordings.values())})
        page = musicbrainz.recordings(MBID)
        assert page.skipped == 1
        assert len(page.items) == len(recordings) - 1
        assert any(track.isrcs for track in page.items)

    @pytest.mark.parametrize(
        ("name", "albums", "total"),
        [
            ("release-groups-browse-25", 25, 664),
            ("release-groups-browse-ep", 8, 8),
            ("release-groups-browse-artist-credits", 5, 5),
        ],
    )
    def test_release_groups(
        self, serve: Serve, musicbrainz: MusicBrainz, name: str, albums: int, total: int
    ) -> None:
        serve(recorded("musicbrainz", name))
        page = musicbrainz.release_groups(MBID)
        assert (len(page.items), page.total, page.skipped) == (albums, total, 0)

    def test_a_merged_id(self, httpserver: HTTPServer, musicbrainz: MusicBrainz) -> None:
        """The recorded one is a work's; the redirect is of the same form."""
        merged = recorded("musicbrainz", "work-merged-301")
        location = merged["location"].replace("musicbrainz.org", httpserver.host)
        survivor = recorded("musicbrainz", "artist-lookup")
        httpserver.expect_request(f"/ws/2/artist/{MBID}").respond_with_json(
            merged["body"], merged["status"], {"Location": location} | merged["ratelimit_headers"]
        )
        httpserver.expect_request(re.compile("/ws/2/work/.*")).respond_with_json(survivor)
        assert musicbrainz.artist(MBID).mbid == survivor["id"]

    def test_a_url_that_belongs_to_nobody(self, serve: Serve, musicbrainz: MusicBrainz) -> None:
        serve(recorded("musicbrainz", "url-lookup-by-resource"))
        assert musicbrainz.artists_by_url(["http://www.nirvana.com/"]) == {}

    @pytest.mark.parametrize(
        ("name", "expected"),
        [("error-404", NotFound), ("error-400-bad-inc", Refused), ("error-503-throttled", RateLimited)],
    )
    def test_errors(
        self, serve: Serve, musicbrainz: MusicBrainz, name: str, expected: type[ProviderError]
    ) -> None:
        error = recorded("musicbrainz", name)
        headers = {header: values[0] for header, values in error["headers"].items()}
        serve(error["body"], error["status"], headers)
        with pytest.raises(expected):
            musicbrainz.artist(MBID)
