"""Merging and splitting that nobody had asked about: an operator saw it."""

from sqlalchemy.orm import Session

from setlist.models import AuditLog, Song
from setlist.models.base import LARGEST_ID
from setlist.models.identity import DoubtKind, DoubtState
from setlist.pipeline.deciding import (
    Decision,
    Person,
    Target,
    UnknownRowError,
    merge_rows,
    row_of,
    take_away,
    tie_of,
)
from setlist.pipeline.doubts import CANDIDATE, Question, refuse
from setlist.pipeline.splitting import split_song

CAN_LOSE_AN_ID = (DoubtKind.ARTIST, DoubtKind.VENUE, DoubtKind.SHOW)


def merge_by_hand(session: Session, kind: DoubtKind, pair: tuple[int, int], person: Person) -> Decision:
    """The first of the pair is given up, the second one stays."""
    loser, keeper = (row_of(session, kind, row_id) for row_id in pair)
    names = name_of(loser), name_of(keeper)
    kept = merge_rows(session, loser, keeper, now=person.at)
    _note(session, "merged", f"{kind} {pair[0]}", person, into=kept.id, names=list(names))
    return Decision(words=f"{names[0]} and {names[1]} are one now: {kind} {kept.id}.")


def split_by_hand(session: Session, kind: DoubtKind, tie: tuple[str, str], person: Person) -> Decision:
    """Provider and id: what it was tied to stays without it, for good."""
    provider, external_id = tie
    tied = tie_of(session, kind, provider, external_id) if kind in CAN_LOSE_AN_ID else None
    if tied is None:
        raise UnknownRowError(f"{provider} has no id {external_id} that means a {kind} here.")
    row_id: int = getattr(tied, CANDIDATE[kind].key)
    name = name_of(row_of(session, kind, row_id))
    question = Question(
        kind=kind,
        provider=provider,
        external_id=external_id,
        name=name,
        url=tied.url,
        candidate_id=row_id,
        reason="an operator took it apart",
    )
    take_away(session, kind, tied, name)
    refuse(session, question, DoubtState.SPLIT, by=person.account_id, now=person.at)
    _note(session, "split", f"{kind} {row_id}", person, provider=provider, id=external_id)
    return Decision(words=f"{name} has no {external_id} of {provider} any more.")


def split_title(session: Session, song_id: int, title: str, person: Person) -> Decision:
    song = session.get(Song, song_id) if 0 < song_id <= LARGEST_ID else None
    if song is None:
        raise UnknownRowError(f"There is no song {song_id}.")
    own = split_song(session, song, title)
    _note(session, "split", f"song {song_id}", person, title=own.title, into=own.id)
    return Decision(words=f"{own.title} is a song of its own now: song {own.id}.")


def name_of(row: Target) -> str:
    return row.title if isinstance(row, Song) else row.name or f"show {row.id}"


def _note(session: Session, action: str, target: str, person: Person, **details: object) -> None:
    session.add(AuditLog(account_id=person.account_id, action=action, target=target, details=details))
    session.flush()
