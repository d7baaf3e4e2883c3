"""What the clients cost, call by call, is what their descriptions say, and no call more."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TypeVar

import pytest

from benchmarks.call_arithmetic import Extent, least_calls
from config import Settings, SpotifyMode
from config import Sources as Origin
from setlist.providers.answers import Page
from setlist.providers.sources import NAMES, Providers, Sources
from setlist.sandbox.catalogue.discography import Release
from setlist.sandbox.catalogue.ids import BENCHMARK_MBID, Kind
from setlist.sandbox.server import RunningSandbox

T = TypeVar("T")

ONE = Extent(recordings=1, dated=1, tba=1, tbd=1, setlists=1, albums=[50])


@pytest.mark.parametrize(
    ("extent", "mode", "calls"),
    [
        (ONE, SpotifyMode.DEVELOPMENT, (2, 4, 1, 3)),
        (replace(ONE, albums=[12] * 83), SpotifyMode.DEVELOPMENT, (2, 4, 1, 1 + 9 + 83)),
        (replace(ONE, albums=[12] * 83), SpotifyMode.EXTENDED, (2, 4, 1, 1 + 2 + 5)),
        (replace(ONE, albums=[51, 101]), SpotifyMode.EXTENDED, (2, 4, 1, 1 + 1 + 1 + 3)),
        (replace(ONE, recordings=1_001, dated=201, setlists=2_073), SpotifyMode.EXTENDED, (12, 5, 10, 3)),
        (
            Extent(recordings=0, dated=0, tba=0, tbd=0, setlists=0, albums=[]),
            SpotifyMode.EXTENDED,
            (2, 4, 1, 2),
        ),
    ],
    ids=["one of each", "83 albums", "83 albums in batches", "long albums", "much of all", "nothing"],
)
def test_the_least_is_a_matter_of_pages(extent: Extent, mode: SpotifyMode, calls: tuple[int, ...]) -> None:
    assert tuple(least_calls(extent, mode).values()) == calls


@pytest.fixture
def providers(sandbox: RunningSandbox) -> Iterator[Callable[[SpotifyMode], Providers]]:
    opened: list[Providers] = []

    def opening(mode: SpotifyMode) -> Providers:
        sandbox.sandbox.switches.spotify_mode = mode.value
        quick = {f"{name}_per_second": 10_000 for name in NAMES}
        place = {"sources": Origin.SANDBOX, "sandbox_url": sandbox.url, "spotify_mode": mode}
        settings = Settings.model_validate(place | quick)
        opened.append(Providers(settings=settings))
        return opened[-1]

    yield opening
    for one in opened:
        one.close()


@pytest.mark.parametrize("mode", SpotifyMode)
def test_an_artist_costs_the_least_that_pages_allow(
    sandbox: RunningSandbox, providers: Callable[[SpotifyMode], Providers], mode: SpotifyMode
) -> None:
    sources, ids = providers(mode).sources(), sandbox.sandbox.catalogue.ids
    extent = walk(sandbox, sources, ids.ticketmaster(Kind.ARTIST, 0), ids.spotify(Kind.ARTIST, 0))
    counted = sandbox.sandbox.switches.counts.described()["calls"]
    counted["spotify"].pop("token")
    assert {name: sum(of.values()) for name, of in counted.items()} == least_calls(extent, mode)
    assert min(extent.recordings, extent.dated, extent.setlists, len(extent.albums)) > 1


def walk(sandbox: RunningSandbox, sources: Sources, attraction: str, spotify_id: str) -> Extent:
    """All that there is of the act, as an import asks for it."""
    events, setlists, spotify = sources.ticketmaster, sources.setlistfm, sources.spotify
    assert events is not None
    assert setlists is not None
    assert spotify is not None
    events.attractions(sources.musicbrainz.artist(BENCHMARK_MBID).name)
    spotify.artist(spotify_id)
    listed = {
        name: every(partial(events.events, [attraction], listings=[name])) for name in ("dated", "tba", "tbd")
    }
    albums = [album.id for album in every(partial(spotify.albums, spotify_id))]
    spotify.tracks_of(albums)
    return Extent(
        recordings=len(every(partial(sources.musicbrainz.recordings, BENCHMARK_MBID))),
        setlists=len(every(partial(setlists.setlists, BENCHMARK_MBID))),
        albums=[len(release.tracks) for release in map(partial(release_of, sandbox), albums)],
        **{name: len(found) for name, found in listed.items()},
    )


def release_of(sandbox: RunningSandbox, album_id: str) -> Release:
    found = sandbox.sandbox.spotify._shapes.release_of(album_id)
    assert found is not None
    return found[1]


def every(fetch: Callable[..., Page[T]]) -> list[T]:
    page = fetch()
    found = list(page.items)
    while page.cursor is not None:
        page = fetch(cursor=page.cursor)
        found += page.items
    return found
