"""Real answers of the providers, through the real clients over a real socket, into rows.

The recordings are not part of the project: where their folder is absent these tests are skipped.
"""

import json
import re
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug import Request, Response

from config import Settings
from setlist.domain.folding import fold
from setlist.domain.matching import same_grounds, same_performance
from setlist.models import Artist, Setlist, SetlistSong, Show, Song, SyncJob, Venue
from setlist.pipeline.identity import Ties, tie
from setlist.pipeline.run import ImportRun
from setlist.pipeline.setlists import write_setlists
from setlist.pipeline.shows import write_listings
from setlist.pipeline.tracks import write_tracks
from setlist.pipeline.venues import place_of
from setlist.providers.answers import EventRecord, SetlistRecord, TrackRecord
from setlist.providers.sources import Sources, open_sources
from tests.rows import imported_rows

RECORDED = Path(__file__).parents[2].parent / "shared" / "payloads"
pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason=f"no recorded answers at {RECORDED.name}/")

Json = dict[str, Any]


@pytest.fixture
def sources(httpserver: HTTPServer, settings: Settings) -> Sources:
    return open_sources(settings.model_copy(update={"sandbox_url": httpserver.url_for("/")}))


@pytest.fixture
def replay(httpserver: HTTPServer) -> Any:
    """Lets the server answer every request with one body; those for further listings with none."""

    def answer_with(body: Json) -> None:
        def handle(request: Request) -> Response:
            further = "includeTBA" in request.args or "includeTBD" in request.args
            if request.path.endswith("/api/token"):
                token = {"access_token": "t", "token_type": "Bearer", "expires_in": 3600}
                return Response(json.dumps(token), content_type="application/json")
            return Response(json.dumps({} if further else body), content_type="application/json")

        httpserver.clear()
        httpserver.expect_request(re.compile(".*")).respond_with_handler(handle)

    return answer_with


def test_everything_recorded_becomes_rows_and_a_second_time_changes_none(
    session: Session, sources: Sources, replay: Any, record_testsuite_property: Any
) -> None:
    events, setlists, tracks = _events(sources, replay), _setlists(sources, replay), _tracks(sources, replay)
    _import_all(session, sources, events, setlists, tracks)
    rows = imported_rows(session)
    _import_all(session, sources, events, setlists, tracks)
    assert imported_rows(session) == rows

    kinds = {"artists": Artist, "shows": Show, "venues": Venue, "songs": Song, "setlists": Setlist}
    counts = {
        name: session.scalar(select(func.count()).select_from(kind)) or 0 for name, kind in kinds.items()
    }
    for name, count in counts.items():
        record_testsuite_property(f"recorded_{name}", count)
    assert counts["shows"] <= len(events) + len(setlists)
    assert counts["setlists"] == len({record.id for record in setlists})
    assert all(counts.values())


def test_shows_that_the_recordings_hold_twice_are_there_once(
    session: Session, sources: Sources, replay: Any
) -> None:
    events = _events(sources, replay)
    _import_all(session, sources, events, [], [])
    assert _doubled(session) == []


def _doubled(session: Session) -> list[tuple[Show, Show]]:
    """Pairs of shows of one act on one day that no rule keeps apart: at one place, at one time."""
    of_act: dict[tuple[int, date], list[Show]] = defaultdict(list)
    for show in session.scalars(select(Show).where(Show.local_date.is_not(None))):
        for place in show.line_up:
            if place.artist_id is not None and show.local_date is not None:
                of_act[place.artist_id, show.local_date].append(show)
    return [
        (one, other)
        for shows in of_act.values()
        for one, other in combinations(shows, 2)
        if one.venue and other.venue and same_grounds(place_of(one.venue), place_of(other.venue))
        if same_performance(one.starts_at, other.starts_at)
    ]


def test_blank_songs_tapes_and_encores_survive(session: Session, sources: Sources, replay: Any) -> None:
    _import_all(session, sources, [], _setlists(sources, replay), [])
    entries = list(session.scalars(select(SetlistSong)))
    assert any(entry.title == "" and entry.song_id is None for entry in entries)
    assert any(entry.is_tape for entry in entries)
    assert {entry.encore for entry in entries} >= {0, 1, 2}
    assert any(entry.guest for entry in entries)
    assert any(entry.cover_mbid and entry.song_id for entry in entries)
    stubs = session.scalars(select(Setlist).where(Setlist.is_stub)).all()
    assert stubs
    assert not any(entry.setlist_id in {stub.id for stub in stubs} for entry in entries)


def _read(name: str) -> Json:
    body: Json = json.loads((RECORDED / name).read_text())
    return body


def _names(folder: str, *beginnings: str) -> Iterator[str]:
    for path in sorted((RECORDED / folder).glob("*.json")):
        if path.name.startswith(beginnings):
            yield f"{folder}/{path.name}"


def _events(sources: Sources, replay: Any) -> list[EventRecord]:
    assert sources.ticketmaster is not None
    found: list[EventRecord] = []
    for name in _names("ticketmaster", "event-", "events-"):
        body = _read(name)
        if name.endswith("event-images.json"):
            continue
        replay(body if "page" in body else {"_embedded": {"events": [body]}, "page": {"totalPages": 1}})
        page = sources.ticketmaster.events(["K8v"])
        assert page.items, name
        found += page.items
    return found


def _setlists(sources: Sources, replay: Any) -> list[SetlistRecord]:
    assert sources.setlistfm is not None
    found: list[SetlistRecord] = []
    for name in _names("setlistfm", "artist-setlists", "setlist-"):
        body = _read(name)
        replay(body if "setlist" in body else {"setlist": [body], "total": 1, "page": 1, "itemsPerPage": 20})
        page = sources.setlistfm.setlists("some-mbid")
        assert page.items, name
        found += page.items
    return found


def _tracks(sources: Sources, replay: Any) -> list[TrackRecord]:
    assert sources.spotify is not None
    found: list[TrackRecord] = []
    for name in ("album-by-id-large.json", "album-by-id-unicode.json", "beets-album-info.json"):
        body = _read(f"spotify/{name}")
        body["tracks"]["next"] = None  # what is recorded is the first page alone
        replay(body)
        found += sources.spotify.tracks("album")
    for name in _names("musicbrainz", "recordings-browse"):
        replay(_read(name))
        found += sources.musicbrainz.recordings(str(uuid.uuid4())).items
    return found


def _import_all(
    session: Session,
    sources: Sources,
    events: Sequence[EventRecord],
    setlists: Sequence[SetlistRecord],
    tracks: Sequence[TrackRecord],
) -> None:
    by_act = defaultdict(list)
    for event in events:
        by_act[event.attractions[0] if event.attractions else None].append(event)
    for act, listed in by_act.items():
        mbid = (
            act.mbids[0] if act and act.mbids else str(uuid.uuid5(uuid.NAMESPACE_URL, act.id if act else ""))
        )
        run = _run(session, sources, mbid, act.name if act else "Nobody named")
        if act:
            tie(
                session,
                Ties(provider="ticketmaster", kind="artist", targets={act.id: run.artist_id}),
                now=run.now(),
            )
        run.begin("shows")
        write_listings(run, listed)
        session.commit()
    by_artist = defaultdict(list)
    for record in setlists:
        by_artist[record.artist_mbid, record.artist_name].append(record)
    for (mbid, name), records in by_artist.items():
        run = _run(session, sources, mbid, name)
        run.begin("setlists")
        write_setlists(run, records)
        session.commit()
    run = _run(session, sources, str(uuid.UUID(int=1)), "The Recorded")
    run.begin("catalogue")
    write_tracks(run, "spotify", tracks)
    session.commit()


def _run(session: Session, sources: Sources, mbid: str, name: str) -> ImportRun:
    artist = session.scalar(select(Artist).where(Artist.mbid == mbid))
    if artist is None:
        artist = Artist(mbid=mbid, name=name, name_folded=fold(name))
        session.add(artist)
        session.flush()
    sync = SyncJob(kind="import", artist_id=artist.id)
    session.add(sync)
    session.flush()
    return ImportRun(
        session=session, sources=sources, sync=sync, now=lambda: datetime.now(UTC), default_start_hour=20
    )
