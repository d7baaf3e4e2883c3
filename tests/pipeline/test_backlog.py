"""A first import reads the newest setlists; the older ones come by and by, each once."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.models import Setlist, SyncJob, SyncMark
from setlist.models.sync import SyncKind
from setlist.pipeline import backlog, setlists
from setlist.pipeline.run import ImportRun
from setlist.sandbox.server import RunningSandbox
from setlist.services.freshness import Listing
from tests.emptying import empty_tables
from tests.pipeline.conftest import finish
from tests.rows import imported_rows

RunOf = Callable[..., ImportRun]
SETLISTS = {"setlists", "setlist_songs"}


@pytest.fixture
def mbid(sandbox: RunningSandbox) -> str:
    """An act with many pages of setlists."""
    return sandbox.sandbox.catalogue.mbid(5)


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer at a time, so that an act of the sandbox has a backlog."""
    monkeypatch.setattr(setlists, "FIRST_PAGES", 2)
    monkeypatch.setattr(backlog, "PAGES", 2)


def sync_of(run_of: RunOf, session: Session, mbid: str) -> ImportRun:
    """The next part of the backlog, asked for as scheduled syncs do."""
    run = run_of(mbid)
    run.sync.kind = SyncKind.SETLISTS
    run.due = frozenset({Listing.BACKLOG})
    session.commit()
    return run


def test_page_by_page_it_ends_with_all_that_one_import_would_have_read(
    session: Session, run_of: RunOf, mbid: str, pages: None
) -> None:
    finish(run_of(mbid))
    assert len(session.scalars(select(Setlist.id)).all()) <= 40
    read = [cursor_of(session)]
    while read[-1] is not None:
        finish(sync_of(run_of, session, mbid))
        read.append(cursor_of(session))
    assert read[:2] == ["3", "5"]
    by_parts = setlists_in(session)

    empty_tables(session)
    session.commit()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(setlists, "FIRST_PAGES", 1000)
        finish(run_of(mbid))
    assert setlists_in(session) == by_parts


def test_an_act_with_few_setlists_has_none(session: Session, run_of: RunOf, sandbox: RunningSandbox) -> None:
    finish(run_of(sandbox.sandbox.catalogue.mbid(16)))
    assert session.scalars(select(SyncMark).where(SyncMark.listing == Listing.BACKLOG)).all() == []


def test_an_import_again_leaves_it_where_it_is(
    session: Session, run_of: RunOf, mbid: str, pages: None
) -> None:
    finish(run_of(mbid))
    finish(run_of(mbid))
    assert cursor_of(session) == "3"
    assert [sync.state for sync in session.scalars(select(SyncJob))] == ["done", "done"]


def cursor_of(session: Session) -> str | None:
    session.expire_all()
    return session.scalars(select(SyncMark).where(SyncMark.listing == Listing.BACKLOG)).one().seen["cursor"]


def setlists_in(session: Session) -> dict[str, list[str]]:
    return {table: rows for table, rows in imported_rows(session).items() if table in SETLISTS}
