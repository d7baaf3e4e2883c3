"""Rows of earlier rules come to be as today's rules would have written them."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.domain.folding import fold
from setlist.models import Doubt, ExternalId, Song, SongAlias
from setlist.models.identity import DoubtState, Matched
from setlist.pipeline.rekeying import rekey_songs
from setlist.pipeline.run import ImportRun
from tests.pipeline.test_shows import ALPHA, NOW, act
from tests.pipeline.test_tracks import song_of, titles, track, write

RunOf = Callable[..., ImportRun]


@pytest.fixture
def alpha(run_of: RunOf) -> ImportRun:
    return act(run_of, ALPHA)


def add(run: ImportRun, *names: str) -> list[Song]:
    """As rules would have it that knew no marks at all."""
    songs = [Song(artist_id=run.artist_id, title=name, title_folded=fold(name)) for name in names]
    run.session.add_all(songs)
    run.session.flush()
    return songs


def rekey(run: ImportRun) -> int:
    changed = rekey_songs(run.session, run.artist_id)
    run.session.commit()
    return changed


def test_songs_that_have_one_key_by_now_become_one(alpha: ImportRun, session: Session) -> None:
    marked, _ = add(alpha, "Hill (Ao Vivo)", "Hill")
    recording = {"provider": "spotify", "kind": "recording", "external_id": "a", "confidence": 1}
    session.add(ExternalId(song_id=marked.id, matched_by=Matched.TITLE, fetched_at=NOW, **recording))
    add(alpha, "Black Out", "Blackout", "Hill (Reprise)")
    assert rekey(alpha) == 2
    assert titles(session) == ["Hill", "Black Out", "Hill (Reprise)"]
    assert song_of(session, "a") == "Hill"
    assert rekey(alpha) == 0


def test_a_song_alone_gets_its_key_and_is_found_by_it(alpha: ImportRun, session: Session) -> None:
    add(alpha, "Hill (Ao Vivo)")
    assert rekey(alpha) == 1
    assert session.execute(select(Song.title, Song.title_folded)).all() == [("Hill", "hill")]
    write(alpha, track("b", "Hill (Ao Vivo)"))
    assert titles(session) == ["Hill"]


def test_what_a_person_split_stays_apart(alpha: ImportRun, session: Session) -> None:
    _, own = add(alpha, "Hill", "Hill (10 Minute Version)")
    alias = {"title": own.title, "title_folded": own.title_folded, "is_pinned": True}
    session.add(SongAlias(song_id=own.id, **alias))
    assert rekey(alpha) == 0
    assert titles(session) == ["Hill", "Hill (10 Minute Version)"]


def test_what_a_person_refused_stays_apart(alpha: ImportRun, session: Session) -> None:
    hill, _ = add(alpha, "Hill", "Hill (Ao Vivo)")
    no = {"kind": "song", "provider": "spotify", "external_id": "b", "name": "", "reason": ""}
    session.add(Doubt(song_id=hill.id, state=DoubtState.REJECTED, **no))
    session.flush()
    rekey(alpha)
    assert len(titles(session)) == 2


def test_a_key_stays_with_the_song_that_was_merged_under_it(alpha: ImportRun, session: Session) -> None:
    """Hill is Mountain, a person said; its former live recording was another row."""
    hill, mountain, _ = add(alpha, "Hill", "Mountain", "Hill (Ao Vivo)")
    hill.merged_into_id = mountain.id
    session.flush()
    assert rekey(alpha) == 0
    assert titles(session) == ["Mountain", "Hill (Ao Vivo)"]
