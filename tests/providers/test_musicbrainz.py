from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from setlist.providers.errors import BadAnswer
from setlist.providers.musicbrainz import MusicBrainz

WALRUS = "6f1a2b3c-0000-4000-8000-000000000001"
OTHER = "6f1a2b3c-0000-4000-8000-000000000002"


def artist(**changes: Any) -> dict[str, Any]:
    return {"id": WALRUS, "name": "Velvet Walrus", "sort-name": "Walrus, Velvet"} | changes


class TestSearch:
    def test_tells_namesakes_apart(self, httpserver: HTTPServer, musicbrainz: MusicBrainz) -> None:
        hits = [
            artist(score=100, disambiguation="Finnish punk band", country="FI", type="Group"),
            artist(
                id=OTHER,
                score="90",
                area={"name": "Leeds"},
                country=None,
                **{"life-span": {"begin": "1988-01", "end": "1994-04-05"}},
            ),
        ]
        httpserver.expect_request("/ws/2/artist").respond_with_json({"count": 2, "artists": hits})
        finnish, english = musicbrainz.search_artists("Velvet Walrus")
        assert (finnish.disambiguation, finnish.country, finnish.kind, finnish.score) == (
            "Finnish punk band",
            "FI",
            "group",
            100,
        )
        assert (english.mbid, english.area, english.begin_year, english.end_year, english.score) == (
            OTHER,
            "Leeds",
            1988,
            1994,
            90,
        )

    def test_reads_the_singular_key_of_old_answers(
        self, httpserver: HTTPServer, musicbrainz: MusicBrainz
    ) -> None:
        httpserver.expect_request("/ws/2/artist").respond_with_json({"count": 1, "artist": [artist()]})
        assert [hit.name for hit in musicbrainz.search_artists("Velvet Walrus")] == ["Velvet Walrus"]

    def test_escapes_what_lucene_would_read_as_orders(
        self, httpserver: HTTPServer, musicbrainz: MusicBrainz
    ) -> None:
        phrase = r"AC\/DC \"live\" \(\!\)"
        httpserver.expect_request(
            "/ws/2/artist",
            query_string={
                "query": f'artist:"{phrase}" OR alias:"{phrase}"',
                "limit": "10",
                "fmt": "json",
            },
        ).respond_with_json({"count": 0, "artists": []})
        assert musicbrainz.search_artists('AC/DC "live" (!)') == ()

    def test_a_blank_name_is_not_asked(self, musicbrainz: MusicBrainz) -> None:
        assert musicbrainz.search_artists(" \x00\ud800 ") == ()

    def test_broken_hits_are_left_out(self, httpserver: HTTPServer, musicbrainz: MusicBrainz) -> None:
        hits = [None, "x", artist(id=None), artist(id="not a uuid"), artist(name=""), artist()]
        httpserver.expect_request("/ws/2/artist").respond_with_json({"artists": hits})
        assert len(musicbrainz.search_artists("Velvet Walrus")) == 1


class TestArtist:
    def test_reads_who_it_is(self, httpserver: HTTPServer, musicbrainz: MusicBrainz) -> None:
        spotify = "https://open.spotify.com/artist/3AA28KZvwAUcZuOKwyblJQ"
        httpserver.expect_request(f"/ws/2/artist/{WALRUS}").respond_with_json(
            artist(
                country="XW",
                area={"iso-3166-1-codes": ["GB"]},
                aliases=[{"name": "Velvet Walrus"}, {"name": "VW"}, {"name": None}, "x"],
                genres=[{"name": "rock", "count": 2}, {"name": "shoegaze", "count": 9}],
                tags=[{"name": "legendary", "count": 30}],
                relations=[
                    {"url": {"resource": spotify}, "ended": False},
                    {"url": {"resource": spotify + "x"}},
                    {"url": {"resource": "https://open.spotify.com/artist/" + "9" * 22}, "ended": True},
                    {"url": {"resource": "https://www.ticketmaster.com/x-tickets/artist/718655"}},
                    {"url": {"resource": "https://www.ticketmaster.com/x-tickets/artist/K8vZ9171Jo7"}},
                    {"url": None},
                ],
            )
        )
        record = musicbrainz.artist(WALRUS)
        assert record.country == "GB"
        assert record.aliases == ("VW",)
        assert record.genres == ("shoegaze", "rock")
        assert record.spotify_ids == ("3AA28KZvwAUcZuOKwyblJQ",)
        assert record.ticketmaster_ids == ("K8vZ9171Jo7",)

    def test_free_tags_stand_in_for_genres(self, httpserver: HTTPServer, musicbrainz: MusicBrainz) -> None:
        httpserver.expect_request(f"/ws/2/artist/{WALRUS}").respond_with_json(
            artist(genres=[], tags=[{"name": "rock", "count": 1}])
        )
        assert musicbrainz.artist(WALRUS).genres == ("rock",)

    def test_everything_but_id_and_name_may_be_null(
        self, httpserver: HTTPServer, musicbrainz: MusicBrainz
    ) -> None:
        nulls = dict.fromkeys(
            ["sort-name", "disambiguation", "country", "area", "type", "life-span", "aliases", "relations"]
        )
        httpserver.expect_request(f"/ws/2/artist/{WALRUS}").respond_with_json(artist(**nulls))
        assert musicbrainz.artist(WALRUS).name == "Velvet Walrus"

    def test_a_merged_id_is_followed_to_the_one_that_survives(
        self, httpserver: HTTPServer, musicbrainz: MusicBrainz
    ) -> None:
        location = f"http://localhost/ws/2/artist/{WALRUS}?fmt=json"  # without our port: as it answers
        httpserver.expect_request(f"/ws/2/artist/{OTHER}").respond_with_data(
            "{}", status=301, headers={"Location": location}
        )
        inc = "aliases+url-rels+genres+tags"
        httpserver.expect_request(
            f"/ws/2/artist/{WALRUS}", query_string={"inc": inc, "fmt": "json"}
        ).respond_with_json(artist())
        assert musicbrainz.artist(OTHER).mbid == WALRUS

    def test_one_without_an_id_is_a_bad_answer(
        self, httpserver: HTTPServer, musicbrainz: MusicBrainz
    ) -> None:
        httpserver.expect_request(f"/ws/2/artist/{WALRUS}").respond_with_json(artist(id=None))
        with pytest.raises(BadAnswer):
            musicbrainz.artist(WALRUS)


class TestBrowsing:
    def test_recordings_read_what_tells_versions_apart(
        self, httpserver: HTTPServer, musicbrainz: MusicBrainz
    ) -> None:
        recording = {
            "id": OTHER,
            "title": " Tusk ",
            "length": 201_000,
            "isrcs": ["gb-ayc-00-00001", None, "nonsense"],
            "video": True,
            "first-release-date": "1999-09",
            "artist-credit": [{"artist": {"id": WALRUS}}, {"artist": None}, None],
        }
        httpserver.expect_request("/ws/2/recording").respond_with_json(
            {"recording-count": 1, "recordings": [recording, {"id": OTHER, "title": None}]}
        )
        page = musicbrainz.recordings(WALRUS)
        (track,) = page.items
        assert (track.title, track.duration_ms, track.isrcs) == ("Tusk", 201_000, ("GBAYC0000001",))
        assert (track.is_video, track.released, track.artist_ids) == (True, "1999-09", (WALRUS,))
        assert (page.total, page.skipped, page.cursor) == (1, 1, None)

    def test_a_short_page_is_not_the_last(self, httpserver: HTTPServer, musicbrainz: MusicBrainz) -> None:
        """The next page begins after what came, not after what was asked for."""
        page = {"recording-count": 200, "recordings": [{"id": OTHER, "title": "Tusk"}] * 60}
        httpserver.expect_request("/ws/2/recording").respond_with_json(page)
        assert musicbrainz.recordings(WALRUS).cursor == "60"
        assert musicbrainz.recordings(WALRUS, cursor="60").cursor == "120"
        assert musicbrainz.recordings(WALRUS, cursor="180").cursor is None

    def test_an_empty_page_is_the_last_whatever_the_count(
        self, httpserver: HTTPServer, musicbrainz: MusicBrainz
    ) -> None:
        httpserver.expect_request("/ws/2/recording").respond_with_json(
            {"recording-count": 9_999, "recordings": []}
        )
        assert musicbrainz.recordings(WALRUS, cursor="300").cursor is None

    @pytest.mark.parametrize(
        ("primary", "secondary", "kind"),
        [
            ("Album", [], "album"),
            ("Album", ["Live"], "live"),
            ("Album", ["Live", "Compilation"], "compilation"),
            ("EP", None, "ep"),
            (None, [None], ""),
        ],
    )
    def test_release_groups_say_what_they_are(
        self, httpserver: HTTPServer, musicbrainz: MusicBrainz, primary: Any, secondary: Any, kind: str
    ) -> None:
        group = {"id": OTHER, "title": "Ice", "primary-type": primary, "secondary-types": secondary}
        httpserver.expect_request("/ws/2/release-group").respond_with_json(
            {"release-group-count": 1, "release-groups": [group | {"first-release-date": ""}]}
        )
        (album,) = musicbrainz.release_groups(WALRUS).items
        assert (album.kind, album.released) == (kind, "")


class TestRecordingCount:
    @pytest.mark.parametrize(("said", "count"), [(1_204, 1_204), ("17", 17), (None, None)])
    def test_is_what_it_claims_for_one_small_call(
        self, httpserver: HTTPServer, musicbrainz: MusicBrainz, said: Any, count: int | None
    ) -> None:
        httpserver.expect_request(
            "/ws/2/recording", query_string={"artist": WALRUS, "limit": "1", "fmt": "json"}
        ).respond_with_json({"recording-count": said, "recordings": []})
        assert musicbrainz.recording_count(WALRUS) == count

    def test_an_answer_that_is_no_listing_has_none(
        self, httpserver: HTTPServer, musicbrainz: MusicBrainz
    ) -> None:
        httpserver.expect_request("/ws/2/recording").respond_with_json({"recording-count": 3})
        with pytest.raises(BadAnswer):
            musicbrainz.recording_count(WALRUS)


def test_ping_is_one_call(httpserver: HTTPServer, musicbrainz: MusicBrainz) -> None:
    httpserver.expect_request("/ws/2/artist").respond_with_json({"artists": []})
    musicbrainz.ping()
    assert len(httpserver.log) == 1
