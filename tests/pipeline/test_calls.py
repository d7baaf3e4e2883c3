"""What an import sends, as the sandbox counts it: as few calls as pages allow, and all providers at once."""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sqlalchemy import literal, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from config import Settings
from setlist.models import ExternalId, Setlist, SyncJob, SyncMark
from setlist.pipeline.run import ImportRun
from setlist.pipeline.setlists import FIRST_PAGES
from setlist.providers.sources import open_sources
from setlist.sandbox.server import RunningSandbox
from setlist.services.freshness import Listing
from tests.pipeline.conftest import finish
from tests.rows import imported_rows

RunOf = Callable[..., ImportRun]
Calls = dict[str, dict[str, int]]
PATIENCE = 20.0
ANONYMOUS: Mapping[str, str] = {}
KEY = {"x-api-key": "sandbox", "Accept": "application/json"}
SMALL, MIDDLE, LARGE = 22, 38, 3
WITH_NAMESAKES = 15  # two acts at Ticketmaster that nothing proves to be this one
UNKNOWN_TO_TICKETMASTER = 16
MOST_AGAIN = 4


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What the sandbox's providers say of their own totals, asked by a plain client."""

    url: str
    mbid: str
    ids: dict[str, str]

    def musicbrainz(self) -> Calls:
        recordings = self._ask("/musicbrainz/ws/2/recording", artist=self.mbid, fmt="json")["recording-count"]
        return {"musicbrainz": {"artist": 1, "recordings": _pages(recordings, 100)}}

    def ticketmaster(self) -> Calls:
        if "ticketmaster" not in self.ids:
            return {"ticketmaster": {"attractions": 1}}
        totals = [self._listed(), self._listed(includeTBA="only"), self._listed(includeTBD="only")]
        return {"ticketmaster": {"attractions": 1, "events": sum(_pages(total, 200) for total in totals)}}

    def setlistfm(self) -> Calls:
        path = f"/setlistfm/rest/1.0/artist/{self.mbid}/setlists"
        total = self._ask(path, KEY).get("total", 0)
        return {"setlistfm": {"artist setlists": min(FIRST_PAGES, _pages(total, 20))}}

    def spotify(self) -> Calls:
        if "spotify" not in self.ids:
            return {}
        pages = list(self._album_pages())
        tracks = [album["total_tracks"] for page in pages for album in page["items"] if album]
        further = sum(ceil(max(0, number - 50) / 50) for number in tracks)
        calls = {"token": 1, "artist": 1, "artist albums": len(pages), "album": len(tracks)}
        return {"spotify": calls | ({"album tracks": further} if further else {})}

    def _album_pages(self) -> Iterator[Any]:
        """By `next`: the totals are wrong."""
        path = f"/spotify/v1/artists/{self.ids['spotify']}/albums"
        wanted = {"include_groups": "album,single", "market": "US", "limit": "10"}
        headers, offset = {"Authorization": f"Bearer {self._token()}"}, 0
        while True:
            page = self._ask(path, headers, **wanted, offset=str(offset))
            yield page
            if page["next"] is None:
                return
            offset = int(parse_qs(urlsplit(page["next"]).query)["offset"][0])

    def _token(self) -> str:
        form = {"grant_type": "client_credentials"}
        address = f"{self.url}/spotify/api/token"
        answer = requests.post(address, data=form, auth=("sandbox", "sandbox"), timeout=5)
        return str(answer.json()["access_token"])

    def _listed(self, **more: str) -> int:
        asked = {"attractionId": self.ids["ticketmaster"], "apikey": "sandbox", **more}
        listed = self._ask("/ticketmaster/discovery/v2/events.json", ANONYMOUS, **asked)
        return int(listed["page"]["totalElements"])

    def _ask(self, path: str, headers: Mapping[str, str] = ANONYMOUS, **params: str) -> Any:
        named = {"User-Agent": "tests ( tests@example.org )", **headers}
        return requests.get(f"{self.url}{path}", params=params, headers=named, timeout=5).json()


def _pages(entries: int, size: int) -> int:
    return max(1, ceil(entries / size))


@pytest.fixture
def calls(sandbox: RunningSandbox) -> Callable[[], Calls]:
    """Those since it was asked last."""

    def counted() -> Calls:
        found: Calls = sandbox.sandbox.switches.counts.described()["calls"]
        sandbox.sandbox.switches.reset_counts()
        return found

    counted()
    return counted


def number(calls: Calls) -> int:
    return sum(sum(of.values()) for of in calls.values())


def least(session: Session, sandbox: RunningSandbox, sync: SyncJob) -> Calls:
    tied = select(ExternalId).where(ExternalId.kind == "artist", ExternalId.artist_id == sync.artist_id)
    ids = {tie.provider: tie.external_id for tie in session.scalars(tied)}
    claims = Claims(url=sandbox.url, mbid=sync.artist.mbid or "", ids=ids)
    return claims.musicbrainz() | claims.ticketmaster() | claims.setlistfm() | claims.spotify()


def age(session: Session, days: float, listing: Listing | None = None) -> None:
    """As if what is known had been asked for so long ago."""
    older = update(SyncMark).values(checked_at=SyncMark.checked_at - timedelta(days=days))
    session.execute(older if listing is None else older.where(SyncMark.listing == listing.value))
    session.commit()


@pytest.mark.parametrize("act", [SMALL, MIDDLE, LARGE, UNKNOWN_TO_TICKETMASTER])
def test_an_import_sends_one_call_a_page_and_album(
    run_of: RunOf, session: Session, sandbox: RunningSandbox, calls: Callable[[], Calls], act: int
) -> None:
    sync = finish(run_of(sandbox.sandbox.catalogue.mbid(act)))
    sent = calls()
    assert sent["musicbrainz"].pop("artist search", 0) <= 1  # where a namesake has to be told apart
    assert sent == least(session, sandbox, sync)


@pytest.mark.parametrize("act", [SMALL, WITH_NAMESAKES, UNKNOWN_TO_TICKETMASTER])
def test_with_nothing_changed_four_calls_are_the_most_and_no_row_changes(
    run_of: RunOf, session: Session, sandbox: RunningSandbox, calls: Callable[[], Calls], act: int
) -> None:
    mbid = sandbox.sandbox.catalogue.mbid(act)
    finish(run_of(mbid))
    rows = imported_rows(session)
    calls()
    for days in (0, 1.5, 8, 8, 8, 31, 31, 31):
        age(session, days)
        finish(run_of(mbid))
        assert number(calls()) <= MOST_AGAIN
        assert imported_rows(session) == rows


def test_at_once_again_only_shows_and_setlists_are_asked_for(
    run_of: RunOf, sandbox: RunningSandbox, calls: Callable[[], Calls]
) -> None:
    mbid = sandbox.sandbox.catalogue.mbid(SMALL)
    finish(run_of(mbid))
    calls()
    finish(run_of(mbid))
    assert calls() == {"ticketmaster": {"events": 1}, "setlistfm": {"search setlists": 1}}


def test_recordings_that_are_more_than_before_are_read_whole(
    run_of: RunOf, session: Session, sandbox: RunningSandbox, calls: Callable[[], Calls]
) -> None:
    mbid = sandbox.sandbox.catalogue.mbid(SMALL)
    finish(run_of(mbid))
    first, rows = calls()["musicbrainz"]["recordings"], imported_rows(session)
    look_otherwise(session, Listing.RECORDINGS, {"count": 1})
    age(session, 8, Listing.RECORDINGS)
    finish(run_of(mbid))
    assert calls()["musicbrainz"]["recordings"] >= first
    assert imported_rows(session) == rows


def test_of_albums_only_those_that_were_not_read_yet_cost_a_call_each(
    run_of: RunOf, session: Session, sandbox: RunningSandbox, calls: Callable[[], Calls]
) -> None:
    mbid = sandbox.sandbox.catalogue.mbid(SMALL)
    finish(run_of(mbid))
    rows = imported_rows(session)
    mark = session.scalars(select(SyncMark).where(SyncMark.listing == Listing.ALBUMS.value)).one()
    albums = mark.seen["albums"]
    assert len(albums) == calls()["spotify"]["album"]
    look_otherwise(session, Listing.ALBUMS, {"first": [], "albums": albums[2:]})
    age(session, 8, Listing.ALBUMS)
    finish(run_of(mbid))
    sent = calls()["spotify"]
    assert sent.get("album", 0) <= 2  # an answer that is kept costs none
    assert "artist albums" in sent
    session.expire_all()
    assert mark.seen["albums"] == albums
    assert imported_rows(session) == rows


def look_otherwise(session: Session, listing: Listing, seen: dict[str, object]) -> None:
    looked = SyncMark.seen.op("||")(literal(seen, JSONB))
    session.execute(update(SyncMark).where(SyncMark.listing == listing.value).values(seen=looked))
    session.commit()


def test_a_change_at_setlistfm_costs_one_call(
    run_of: RunOf, session: Session, sandbox: RunningSandbox, calls: Callable[[], Calls]
) -> None:
    """A setlist that is not here as it is there, though its provider says that it changed only now."""
    mbid = sandbox.sandbox.catalogue.mbid(SMALL)
    finish(run_of(mbid))
    rows = imported_rows(session)
    newest = session.scalars(select(Setlist).order_by(Setlist.updated_at.desc().nulls_last()).limit(1)).one()
    newest.version_id, newest.info = "before", "as it was"
    long_ago = {"began_at": ((newest.updated_at or datetime.now(UTC)) - timedelta(days=1)).isoformat()}
    looked = SyncMark.seen.op("||")(literal(long_ago, JSONB))
    session.execute(update(SyncMark).where(SyncMark.listing == Listing.SETLISTS.value).values(seen=looked))
    session.commit()
    calls()
    finish(run_of(mbid))
    assert calls()["setlistfm"] == {"search setlists": 1}
    assert imported_rows(session) == rows


def test_all_providers_are_asked_at_once(run_of: RunOf, sandbox: RunningSandbox, settings: Settings) -> None:
    """The first page of each listing is sent only when those of the others are about to be."""
    wanted = {"events", "recordings", "setlists", "albums"}
    everyone, lock = threading.Barrier(len(wanted)), threading.Lock()

    def wait_for_the_others(_provider: str, endpoint: str) -> None:
        with lock:
            is_first = endpoint in wanted
            wanted.discard(endpoint)
        if is_first:
            everyone.wait(PATIENCE)

    sources = open_sources(
        settings.model_copy(update={"sandbox_url": sandbox.url}), on_call=wait_for_the_others
    )
    sync = finish(run_of(sandbox.sandbox.catalogue.mbid(SMALL), using=sources))
    assert (sync.state, sync.postponed, wanted) == ("done", {}, set())
