"""Ties between providers' ids and our rows. A tie that exists is never moved by an import."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from setlist.models import ExternalId
from setlist.models.identity import Matched
from setlist.models.locks import AdvisoryLock

TARGETS = {
    "artist": ExternalId.artist_id,
    "venue": ExternalId.venue_id,
    "show": ExternalId.show_id,
    "recording": ExternalId.song_id,
    "setlist": ExternalId.setlist_id,
}
CONFIDENCE = {
    Matched.PERSON: 1.0,
    Matched.SAME_ID: 1.0,
    Matched.SHARED_ID: 0.98,
    Matched.PLACE_AND_NAME: 0.9,
    Matched.NIGHT_AND_VENUE: 0.9,
    Matched.TITLE: 0.85,
    Matched.UNIQUE_NAME: 0.6,
}
MOST_IDLE_SECONDS = 10  # between two statements of one who holds up the other imports
_LOCK = text("""
SELECT set_config('idle_in_transaction_session_timeout', :idle, true), pg_advisory_xact_lock(:key)
""")


@dataclass(frozen=True, kw_only=True)
class Ties:
    """New ties of one provider and kind: external id to the id of our row."""

    provider: str
    kind: str
    targets: Mapping[str, int]
    matched_by: Matched = Matched.SAME_ID
    urls: Mapping[str, str] | None = None


def known(session: Session, provider: str, kind: str, external_ids: Iterable[str]) -> dict[str, int]:
    """Those of the external ids that are tied already, with the row each means."""
    target = TARGETS[kind]
    wanted = set(external_ids)
    if not wanted:
        return {}
    statement = select(ExternalId.external_id, target).where(
        ExternalId.provider == provider,
        ExternalId.kind == kind,
        ExternalId.external_id.in_(wanted),
        target.is_not(None),
    )
    return {external_id: row_id for external_id, row_id in session.execute(statement) if row_id is not None}


def ids_of(session: Session, provider: str, kind: str, row_id: int) -> list[str]:
    """The external ids that mean a row of ours, the surest first."""
    statement = (
        select(ExternalId.external_id)
        .where(ExternalId.provider == provider, ExternalId.kind == kind, TARGETS[kind] == row_id)
        .order_by(ExternalId.confidence.desc(), ExternalId.id)
    )
    return list(session.scalars(statement))


def tie(session: Session, ties: Ties, *, now: datetime) -> None:
    """Writes the ties that do not exist yet."""
    if not ties.targets:
        return
    urls = ties.urls or {}
    rows = [
        {
            "provider": ties.provider,
            "kind": ties.kind,
            "external_id": external_id,
            TARGETS[ties.kind].key: row_id,
            "url": urls.get(external_id),
            "matched_by": ties.matched_by.value,
            "confidence": CONFIDENCE[ties.matched_by],
            "fetched_at": now,
        }
        for external_id, row_id in sorted(ties.targets.items())  # one order: two writers cannot deadlock
    ]
    session.execute(insert(ExternalId).values(rows).on_conflict_do_nothing())


def untie(session: Session, provider: str, kind: str, external_id: str) -> None:
    """The id means nothing from now on, unless a person said what it means."""
    session.execute(
        delete(ExternalId).where(
            ExternalId.provider == provider,
            ExternalId.kind == kind,
            ExternalId.external_id == external_id,
            ExternalId.matched_by != Matched.PERSON.value,
        )
    )


def hand_over(session: Session, provider: str, kind: str, *, old: str, new: str) -> None:
    """From now on another of a row's ids describes it."""
    mine = (ExternalId.provider == provider, ExternalId.kind == kind)
    for external_id, matched_by in ((old, Matched.NIGHT_AND_VENUE), (new, Matched.SAME_ID)):
        session.execute(
            update(ExternalId)
            .where(*mine, ExternalId.external_id == external_id)
            .values(matched_by=matched_by.value, confidence=CONFIDENCE[matched_by])
        )


def lock_catalogue(session: Session) -> None:
    """Lets one import at a time look up and add venues and shows that several artists share.

    Held until the caller's commit; never taken before a provider's answer is in hand. PostgreSQL ends the
    transaction of one who holds it and does nothing: a process that was frozen would hold up all the others.
    """
    session.execute(_LOCK, {"key": int(AdvisoryLock.CATALOGUE), "idle": f"{MOST_IDLE_SECONDS}s"})
