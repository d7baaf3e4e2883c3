"""How many calls an import and a re-sync send, beside the least that the providers' page sizes allow.

    python -m benchmarks.provider_calls

Three acts, with Spotify in development mode and without it. The sandbox counts every call that it receives.
The least calls of an act (call_arithmetic.py) are

    MusicBrainz   1 (who it is) + recordings / 100, + 1 where Ticketmaster's acts of the name share no id
    Ticketmaster  1 (which act it is) + for each of dated, TBA and TBD events / 200, if it has the act
    setlist.fm    setlists / 20
    Spotify       1 (its picture) + albums / 10 + 1 for each album (+ 1 for each 50 tracks after 50), if
                  MusicBrainz links it; a token is fetched once an hour and is not counted

each division rounded up, and 1 where nothing is there, since that must be asked too.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.call_arithmetic import Extent, least_calls
from benchmarks.processes import product
from config import SpotifyMode
from setlist.domain.folding import fold
from setlist.extensions import db
from setlist.models import Artist, SyncJob
from setlist.models.identity import ExternalId
from setlist.pipeline.artist_import import import_artist
from setlist.pipeline.run import ImportRun
from setlist.providers.sources import Providers, Sources
from setlist.sandbox.app import Sandbox
from setlist.sandbox.options import SandboxOptions
from setlist.sandbox.server import RunningSandbox
from setlist.services.budget import Purpose

ACTS = {"small": 10, "middle": 38, "large": 3}
BAR = 5.0  # percent above the least
MOST_AGAIN = 4


def main() -> None:
    options = SandboxOptions(artists=60, seed=7, latency_ms=0)
    with (
        tempfile.TemporaryDirectory() as folder,
        product(Path(folder), options) as (app, sandbox, _environment),
        app.app_context(),
    ):
        providers: Providers = app.extensions["providers"]
        for with_spotify in (True, False):
            print("with Spotify in development mode" if with_spotify else "without Spotify")
            for size, index in ACTS.items():
                sources = providers.sources(purpose=Purpose.IMPORT)
                chosen = sources if with_spotify else replace(sources, spotify=None)
                _measure(db.session(), sandbox, chosen, (size, index))


def _measure(session: Session, sandbox: RunningSandbox, sources: Sources, act: tuple[str, int]) -> None:
    size, index = act
    tables = "artists, venues, shows, songs, external_ids, sync_jobs, sync_marks"
    session.execute(text(f"TRUNCATE {tables} CASCADE"))
    session.commit()
    mbid = sandbox.sandbox.catalogue.mbid(index)
    sent = _calls(session, sandbox, sources, mbid)
    least = dict(_least(session, sandbox.sandbox, index, with_spotify=sources.spotify is not None))
    again = _calls(session, sandbox, sources, mbid)
    more = 100 * (sum(sent.values()) / sum(least.values()) - 1)
    by_provider = ", ".join(f"{name} {sent[name]} of {least[name]}" for name in least)
    print(f"  {size:<7} {sum(sent.values()):>4} calls, the least is {sum(least.values()):>4}", end="")
    print(f" ({more:+.1f} %, bar {BAR:g} %): {by_provider}")
    print(f"  {'':<7} again, with nothing changed: {sum(again.values())} (bar {MOST_AGAIN}): {dict(again)}")


def _calls(session: Session, sandbox: RunningSandbox, sources: Sources, mbid: str) -> Counter[str]:
    sandbox.sandbox.switches.reset_counts()
    artist = session.query(Artist).filter_by(mbid=mbid).one_or_none()
    if artist is None:
        artist = Artist(mbid=mbid, name=mbid, name_folded=fold(mbid))
    sync = SyncJob(kind="import", artist=artist)
    session.add(sync)
    session.commit()
    run = ImportRun(
        session=session, sources=sources, sync=sync, now=lambda: datetime.now(UTC), default_start_hour=20
    )
    for _ in import_artist(run):
        session.commit()
    counts = sandbox.sandbox.switches.counts.described()["calls"]
    counts.get("spotify", {}).pop("token", None)
    return Counter({name: sum(of.values()) for name, of in counts.items()})


def _least(
    session: Session, sandbox: Sandbox, index: int, *, with_spotify: bool
) -> Iterator[tuple[str, int]]:
    """From what the sandbox has of the act, and what can be proven of it at all."""
    ties = session.query(ExternalId).filter_by(kind="artist").all()
    acts = [tie for tie in ties if tie.provider == "ticketmaster"]
    name = sandbox.catalogue.artist(index).name
    has_namesakes = any(fold(hit) == fold(name) for hit in _names(sandbox, name))
    is_doubtful = has_namesakes and not any(tie.matched_by == "shared_id" for tie in acts)
    least = least_calls(_extent(sandbox, index, [tie.external_id for tie in acts]), SpotifyMode.DEVELOPMENT)
    yield "musicbrainz", least["musicbrainz"] + is_doubtful
    yield "ticketmaster", least["ticketmaster"] if acts else 1
    yield "setlistfm", least["setlistfm"]
    if with_spotify and any(tie.provider == "spotify" for tie in ties):
        yield "spotify", least["spotify"]


def _extent(sandbox: Sandbox, index: int, attractions: list[str]) -> Extent:
    catalogue, providers = sandbox.catalogue, sandbox._providers
    recordings = providers["/musicbrainz/ws/2/"]._shapes.recordings(index, set())
    listings = Counter(
        listing.event.status.value
        for external_id in attractions
        for listing in providers["/ticketmaster/discovery/v2/"]._listings.of_attraction(
            catalogue.ids.read_ticketmaster(external_id)
        )
    )
    albums = sandbox.spotify._shapes.discography(index, {"album", "single"}, "http://sandbox")
    made = [entry for make in albums if (entry := make()) is not None]
    return Extent(
        recordings=len(recordings),
        dated=listings.total() - listings["postponed"] - listings["undecided"],
        tba=listings["postponed"],
        tbd=listings["undecided"],
        setlists=len(catalogue.past(index)),
        albums=[entry["total_tracks"] for entry in made],
    )


def _names(sandbox: Sandbox, name: str) -> Iterator[str]:
    """Of the acts that Ticketmaster finds under a name."""
    ticketmaster = sandbox._providers["/ticketmaster/discovery/v2/"]
    shapes = ticketmaster._shapes("http://sandbox")
    for meaning in ticketmaster._named(name):
        yield ticketmaster._shape(shapes, meaning)["name"]


if __name__ == "__main__":
    main()
