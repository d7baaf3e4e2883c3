"""Imports of artists whose data is wrong, missing or there twice: what was merged wrongly, what is in doubt.

    python -m benchmarks.bad_answers [imports=1000] [share=0.05] [first=0]

`first` is the act to begin with. It takes about a second an import.

The sandbox's ids tell what they stand for, so each tie between an id and a row can be held against the truth:

wrong merges   rows that ids of two different things are tied to (artists, venues, shows, songs), and setlists
               that are tied to another act's night. The bar is 0.
doubts         attractions of the imported acts that lost or changed the id that would prove them: each has to
               be tied by something else, or to be in the list. The bar is: none is silently dropped.
kept apart     rows that truly are one and were not merged: the price of caution, told beside
"""

import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.processes import WORKERS, product, program, wait
from setlist.domain.folding import fold
from setlist.extensions import db
from setlist.models import Artist, Doubt, ExternalId, Song, SyncJob, Worker
from setlist.models.sync import SyncState
from setlist.pipeline.identity import TARGETS
from setlist.pipeline.start import start_import
from setlist.sandbox.catalogue.discography import KINDS, MOST_TRACKS
from setlist.sandbox.catalogue.festivals import NUMBERS_A_YEAR, PASS
from setlist.sandbox.catalogue.ids import Kind
from setlist.sandbox.catalogue.library import Catalogue
from setlist.sandbox.mistakes import DOUBLED
from setlist.sandbox.options import SandboxOptions
from setlist.sandbox.server import RunningSandbox

ARTISTS = 20_000  # in the sandbox
MOST_SETLISTS = 120  # of an imported act: large ones have no other mistakes, only more of them
LONGEST_SECONDS = 3600.0
SETTINGS = {"worker_groups": "short=1x2,imports=2x2", "log_level": "ERROR"}
Truth = tuple[object, ...]


def main(imports: str = "1000", share: str = "0.05", first: str = "0") -> None:
    options = SandboxOptions(artists=ARTISTS, seed=11, latency_ms=0)
    with (
        tempfile.TemporaryDirectory() as folder,
        product(Path(folder), options, **SETTINGS) as (app, sandbox, environment),
        program(WORKERS, environment),
        program("setlist.clock", environment),
        app.app_context(),
    ):
        session, catalogue = db.session(), sandbox.sandbox.catalogue
        wait("workers are there", lambda: _count(session, select(Worker.id)) >= 3, seconds=60)
        sandbox.sandbox.switches.mistakes.share = float(share)
        acts, started = _acts(catalogue, int(imports), int(first)), time.monotonic()
        for act in acts:
            _import(session, catalogue.mbid(act))
        session.commit()
        wait("all are imported", lambda: _is_over(session), seconds=LONGEST_SECONDS, every=1.0)
        _tell(app, session, sandbox, acts)
        print(f"{len(acts)} imports in {time.monotonic() - started:.0f} s")


def _acts(catalogue: Catalogue, number: int, first: int) -> list[int]:
    acts: list[int] = []
    for index in range(first, catalogue.size):
        if len(acts) == number:
            break
        if len(catalogue.past(index, most=MOST_SETLISTS + 1)) <= MOST_SETLISTS:
            acts.append(index)
    return acts


def _import(session: Session, mbid: str) -> None:
    artist = Artist(mbid=mbid, name=mbid, name_folded=fold(mbid))
    session.add(artist)
    session.flush()
    start_import(session, artist)


def _is_over(session: Session) -> bool:
    active = select(SyncJob.id).where(SyncJob.state.in_([SyncState.QUEUED, SyncState.RUNNING]))
    return _count(session, active) == 0


def _count(session: Session, statement: select) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def _tell(app: Flask, session: Session, sandbox: RunningSandbox, acts: list[int]) -> None:
    catalogue, mistakes = sandbox.sandbox.catalogue, sandbox.sandbox.switches.mistakes
    states = dict(session.execute(select(SyncJob.state, func.count()).group_by(SyncJob.state)).all())
    print("imports:", ", ".join(f"{state} {count}" for state, count in sorted(states.items())))
    print("mistakes:", ", ".join(f"{len(ids):,} {what}" for what, ids in sorted(mistakes.made.items())))
    wrong = 0
    for kind in ("artist", "venue", "show", "recording", "setlist"):
        truths, rows = _ties(session, catalogue, kind)
        mixed = {row: found for row, found in truths.items() if len(found) > 1}
        apart = sum(len(found) - 1 for found in rows.values())
        wrong += len(mixed)
        print(f"{kind:<10} {len(truths):>7,} rows tied, wrong merges {len(mixed)}, kept apart {apart:,}")
        for row, found in list(mixed.items())[:5]:
            print(f"    row {row}: {sorted(map(str, found))}")
    print(f"wrong merges {wrong}   (bar: 0)")
    _tell_doubts(session, catalogue, mistakes.made, set(acts))


def _ties(
    session: Session, catalogue: Catalogue, kind: str
) -> tuple[dict[int, set[Truth]], dict[Truth, set[int]]]:
    """What the ids that are tied to each row truly are, and the rows that each true thing has."""
    truths: dict[int, set[Truth]] = defaultdict(set)
    rows: dict[Truth, set[int]] = defaultdict(set)
    ties = select(ExternalId.provider, ExternalId.external_id, TARGETS[kind]).where(ExternalId.kind == kind)
    for provider, external_id, row in session.execute(ties):
        truth = truth_of(catalogue, kind, provider, external_id)
        if truth is not None and row is not None:
            truths[row].add(truth)
            rows[truth].add(row)
    return truths, rows


def truth_of(catalogue: Catalogue, kind: str, provider: str, external_id: str) -> Truth | None:
    """What an id stands for, the same whichever provider's it is; None where that cannot be told."""
    readers = {
        "artist": _artist,
        "venue": _venue,
        "show": _night,
        "recording": _song,
        "setlist": _setlist,
    }
    return readers[kind](catalogue, provider, external_id.removesuffix(DOUBLED))


def _artist(catalogue: Catalogue, provider: str, external_id: str) -> Truth | None:
    ids = catalogue.ids
    read = {"musicbrainz": ids.read_mbid, "spotify": ids.read_spotify, "ticketmaster": ids.read_ticketmaster}
    meaning = read[provider](external_id)
    if meaning is None:
        return None
    kind = Kind.ARTIST if meaning.kind is Kind.MERGED_ARTIST else meaning.kind
    return kind.name, meaning.artist


def _venue(catalogue: Catalogue, provider: str, external_id: str) -> Truth | None:
    if provider == "setlistfm":
        meaning = catalogue.ids.read_short(Kind.VENUE, external_id)
    else:
        meaning = catalogue.ids.read_ticketmaster(external_id)
    return None if meaning is None else (meaning.number,)


def _night(catalogue: Catalogue, provider: str, external_id: str) -> Truth | None:
    """An event of an act, or a festival's day; its pass for all days is a listing of the first."""
    if provider == "setlistfm":
        return None  # its nights are told by the setlist's own tie
    meaning = catalogue.ids.read_ticketmaster(external_id)
    if meaning is None or (meaning.kind is Kind.FESTIVAL and meaning.number % NUMBERS_A_YEAR == PASS):
        return None
    return meaning.kind.name, meaning.artist, meaning.number


def _song(catalogue: Catalogue, provider: str, external_id: str) -> Truth | None:
    if provider == "musicbrainz":
        meaning = catalogue.ids.read_mbid(external_id)
        return None if meaning is None else (meaning.artist, meaning.number // KINDS)
    meaning = catalogue.ids.read_spotify(external_id)
    if meaning is None:
        return None
    number, place = divmod(meaning.number, MOST_TRACKS)
    release = next((one for one in catalogue.records(meaning.artist).releases if one.number == number), None)
    return None if release is None else (meaning.artist, release.tracks[place].song.number)


def _setlist(catalogue: Catalogue, _provider: str, external_id: str) -> Truth | None:
    meaning = catalogue.ids.read_short(Kind.SETLIST, external_id)
    return None if meaning is None else (meaning.artist, meaning.number)


def _tell_doubts(session: Session, catalogue: Catalogue, made: dict[str, set[str]], acts: set[int]) -> None:
    """Of the imported acts' attractions that were spoilt: tied all the same, asked, or lost."""
    spoilt = made.get("attraction without links", set()) | made.get("attraction with another's MBID", set())
    mine = {one for one in spoilt if (truth := _artist(catalogue, "ticketmaster", one)) and truth[1] in acts}
    tied = set(session.scalars(select(ExternalId.external_id).where(ExternalId.kind == "artist")))
    asked = set(session.scalars(select(Doubt.external_id).where(Doubt.kind == "artist")))
    lost = mine - tied - asked
    print(
        f"spoilt attractions of imported acts: {len(mine)}; proven otherwise {len(mine & tied)}, in doubt "
        f"{len((mine & asked) - tied)}, neither {len(lost)}   (bar: 0)"
    )
    kinds = session.execute(select(Doubt.kind, Doubt.reason, func.count()).group_by(Doubt.kind, Doubt.reason))
    for kind, reason, count in sorted(kinds):
        print(f"    {count:>5} {kind}: {reason}")
    print(f"songs {_count(session, select(Song.id)):,}")


if __name__ == "__main__":
    main(*sys.argv[1:])
