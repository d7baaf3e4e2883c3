"""The real clients against the program that stands in for the providers."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from config import Settings
from config import Sources as Origin
from setlist.providers.answers import Page, ShowStatus
from setlist.providers.errors import (
    BadAnswer,
    Misconfigured,
    NotFound,
    ProviderError,
    RateLimited,
    Unavailable,
)
from setlist.providers.sources import Sources, open_sources
from setlist.sandbox.catalogue.ids import BENCHMARK_MBID
from setlist.sandbox.faults import Fault
from setlist.sandbox.server import RunningSandbox

NOBODY = "6f1a2b3c-0000-4000-8000-00000000dead"


@pytest.fixture
def calls() -> Counter[tuple[str, str]]:
    """What our own count says was called."""
    return Counter()


@pytest.fixture
def sources(sandbox: RunningSandbox, calls: Counter[tuple[str, str]]) -> Sources:
    return open_sources(
        in_sandbox(sandbox), on_call=lambda provider, endpoint: calls.update([(provider, endpoint)])
    )


@pytest.fixture
def hasty(sandbox: RunningSandbox) -> Sources:
    """Clients that do not wait long, nor read much."""
    limits = {"provider_read_seconds": 0.6, "provider_total_seconds": 1.2, "provider_max_bytes": 2_000_000}
    return open_sources(in_sandbox(sandbox, **limits))


def in_sandbox(sandbox: RunningSandbox, **limits: float) -> Settings:
    return Settings(_env_file=None, sources=Origin.SANDBOX, sandbox_url=sandbox.url, **limits)


def pages(ask: Callable[[str | None], Page[Any]]) -> Iterator[Page[Any]]:
    page = ask(None)
    yield page
    while page.cursor is not None:
        page = ask(page.cursor)
        yield page


def everything(ask: Callable[[str | None], Page[Any]]) -> list[Any]:
    return [item for page in pages(ask) for item in page.items]


def test_musicbrainz(sources: Sources) -> None:
    client = sources.musicbrainz
    client.ping()
    artist = client.artist(BENCHMARK_MBID)
    hits = client.search_artists(artist.name)
    assert BENCHMARK_MBID in [hit.mbid for hit in hits]
    tracks = everything(lambda cursor: client.recordings(BENCHMARK_MBID, cursor=cursor))
    assert len(tracks) >= 300
    assert len({track.id for track in tracks}) == len(tracks)
    assert any(track.isrcs for track in tracks)
    albums = everything(lambda cursor: client.release_groups(BENCHMARK_MBID, cursor=cursor))
    assert {album.kind for album in albums} >= {"album", "single"}
    assert client.search_artists("nobody is called like this") == ()
    with pytest.raises(NotFound):
        client.artist(NOBODY)


def test_musicbrainz_knows_whose_link_it_is(sources: Sources) -> None:
    spotify_id = sources.musicbrainz.artist(BENCHMARK_MBID).spotify_ids[0]
    url = f"https://open.spotify.com/artist/{spotify_id}"
    unknown = "https://open.spotify.com/artist/" + "0" * 22
    assert sources.musicbrainz.artists_by_url([url, unknown]) == {url: BENCHMARK_MBID}
    assert sources.musicbrainz.artists_by_url([unknown]) == {}


def test_ticketmaster(sources: Sources) -> None:
    client = sources.ticketmaster
    assert client is not None
    client.ping()
    name = sources.musicbrainz.artist(BENCHMARK_MBID).name
    act = next(act for act in client.attractions(name) if BENCHMARK_MBID in act.mbids)
    assert client.attraction(act.id).name == act.name
    events = everything(lambda cursor: client.events([act.id], cursor=cursor))
    assert len({event.local_date for event in events if event.local_date}) >= 50
    assert all(event.timezone for event in events if event.venue)
    venue = next(event.venue for event in events if event.venue)
    assert client.venue(venue.id).name == venue.name
    assert client.attractions("nobody is called like this") == ()
    assert client.events(["K8vNobody00"]).items == ()
    with pytest.raises(NotFound):
        client.venue("KovNobody00")


def test_ticketmaster_s_three_listings(sources: Sources, sandbox: RunningSandbox) -> None:
    """The shows without a date come in listings of their own, and the cursor leads there."""
    client = sources.ticketmaster
    assert client is not None
    catalogue = sandbox.sandbox.switches.catalogue
    found = []
    for mbid in map(catalogue.mbid, catalogue.browsed()):
        acts = client.attractions(sources.musicbrainz.artist(mbid).name)
        for act in (act for act in acts if mbid in act.mbids):
            found += everything(lambda cursor, id=act.id: client.events([id], cursor=cursor))
    assert {event.status for event in found} == set(ShowStatus)
    undated = [event for event in found if event.local_date is None]
    assert {event.status for event in undated} == {ShowStatus.POSTPONED, ShowStatus.SCHEDULED}
    assert {event.source for event in found} == {"ticketmaster", "tmr"}


def test_setlistfm(sources: Sources) -> None:
    client = sources.setlistfm
    assert client is not None
    client.ping()
    name = sources.musicbrainz.artist(BENCHMARK_MBID).name
    assert BENCHMARK_MBID in [hit.mbid for hit in client.search_artists(name)]
    found = list(pages(lambda cursor: client.setlists(BENCHMARK_MBID, cursor=cursor)))
    setlists = [item for page in found for item in page.items]
    assert len(setlists) == found[0].total >= 200
    songs = [song for setlist in setlists for song in setlist.songs]
    assert any(song.tape for song in songs)
    assert any(song.encore for song in songs)
    assert any(not setlist.songs for setlist in setlists)
    assert client.setlists(NOBODY).items == ()


def test_spotify(sources: Sources) -> None:
    client = sources.spotify
    assert client is not None
    client.ping()
    spotify_id = sources.musicbrainz.artist(BENCHMARK_MBID).spotify_ids[0]
    artist = client.artist(spotify_id)
    assert artist.image_url is not None
    assert client.search_artists(artist.name)
    albums = everything(lambda cursor: client.albums(spotify_id, cursor=cursor))
    assert len(albums) > 10
    tracks = client.tracks(albums[0].id)
    assert all(track.album_title == albums[0].title for track in tracks)
    with pytest.raises(NotFound):
        client.artist("0" * 22)


def test_we_count_as_the_provider_does(
    sources: Sources, sandbox: RunningSandbox, calls: Counter[tuple[str, str]]
) -> None:
    test_setlistfm(sources)
    test_spotify(sources)
    theirs = sandbox.sandbox.switches.counts.described()["calls"]
    assert theirs["spotify"].pop("token") == 1  # for all jobs of the process, so no job's own
    ours: Counter[str] = Counter()
    for (provider, _endpoint), number in calls.items():
        ours[provider] += number
    assert ours == {provider: sum(of.values()) for provider, of in theirs.items()}


CALLS: dict[str, Callable[[Sources, str], object]] = {
    "musicbrainz": lambda sources, name: sources.musicbrainz.search_artists(name),
    "ticketmaster": lambda sources, name: sources.ticketmaster.attractions(name),
    "setlistfm": lambda sources, _name: sources.setlistfm.setlists(BENCHMARK_MBID),
    "spotify": lambda sources, name: sources.spotify.search_artists(name),
}
FAULTS: dict[str, tuple[type[ProviderError], ...]] = {
    "status:500": (Unavailable,),
    "status:401": (Misconfigured,),
    "429": (RateLimited,),
    "429:none": (RateLimited,),
    "429:46800": (RateLimited,),
    "timeout": (Unavailable,),
    "slow": (Unavailable,),
    "truncated": (Unavailable, BadAnswer),
    "huge": (BadAnswer,),
    "garbage": (BadAnswer,),
    "redirect_loop": (BadAnswer,),
    "error_in_200": (BadAnswer,),
}


@pytest.fixture
def name(sources: Sources) -> str:
    return sources.musicbrainz.artist(BENCHMARK_MBID).name


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("provider", CALLS)
def test_faults(sources: Sources, hasty: Sources, sandbox: RunningSandbox, provider: str, kind: str) -> None:
    name = sources.musicbrainz.artist(BENCHMARK_MBID).name
    CALLS[provider](sources, name)
    sandbox.sandbox.switches.faults.add(Fault(provider, kind))
    with pytest.raises(FAULTS[kind]):
        CALLS[provider](hasty, name)


@pytest.mark.parametrize("provider", CALLS)
def test_wrong_types_are_read_around_or_refused(
    sources: Sources, sandbox: RunningSandbox, name: str, provider: str
) -> None:
    for seed in range(10):
        sandbox.sandbox.switches.restore()
        sandbox.sandbox.switches.faults.add(Fault(provider, "wrong_types", seed=seed))
        with suppress(ProviderError):
            CALLS[provider](sources, name)


def test_an_owner_without_premium(sources: Sources, sandbox: RunningSandbox, name: str) -> None:
    sandbox.sandbox.switches.faults.add(Fault("spotify", "premium"))
    with pytest.raises(Misconfigured):
        CALLS["spotify"](sources, name)
