"""A doubt is asked once, and what a person decided is obeyed."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from setlist.models import Artist, Doubt
from setlist.models.identity import DoubtKind, DoubtState
from setlist.pipeline.doubts import Question, ask, refused

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def question(session: Session) -> Question:
    artist = Artist(name="Low Tide", name_folded="low tide")
    session.add(artist)
    session.flush()
    return Question(
        kind=DoubtKind.ARTIST,
        provider="ticketmaster",
        external_id="K8vX",
        name="Low Tide",
        candidate_id=artist.id,
        reason="the only act of this name, and no id that both know",
    )


def test_it_is_asked_once_and_seen_again(session: Session, question: Question) -> None:
    assert ask(session, [question], now=NOW) == 1
    assert ask(session, [question], now=NOW + timedelta(days=1)) == 0
    [doubt] = session.query(Doubt).all()
    assert (doubt.state, doubt.created_at, doubt.seen_at) == ("open", NOW, NOW + timedelta(days=1))


@pytest.mark.parametrize("state", [DoubtState.REJECTED, DoubtState.SPLIT])
def test_what_was_rejected_or_split_is_refused_and_not_asked_again(
    session: Session, question: Question, state: DoubtState
) -> None:
    ask(session, [question], now=NOW)
    session.query(Doubt).update({"state": state.value})
    assert refused(session, DoubtKind.ARTIST, "ticketmaster", ["K8vX", "K8vY"]) == {
        ("K8vX", question.candidate_id)
    }
    assert ask(session, [question], now=NOW) == 0
    session.expire_all()
    assert session.query(Doubt).one().state == state


def test_an_open_doubt_refuses_nothing(session: Session, question: Question) -> None:
    ask(session, [question], now=NOW)
    assert refused(session, DoubtKind.ARTIST, "ticketmaster", ["K8vX"]) == set()
    assert refused(session, DoubtKind.VENUE, "ticketmaster", ["K8vX"]) == set()
