"""Bursts found among the rows: once, growing, and never what was decided."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from setlist.domain.bursts import BurstRule
from setlist.domain.tally_check import tallies_apart
from setlist.domain.voiding import Decider, begin, void_batch
from setlist.models import Show, Vote, VoteBurst
from setlist.models.bursts import BurstState
from setlist.pipeline.bursts import flag_bursts
from tests.domain.bursts_of_votes import NOW, add_ballot

RULE = BurstRule(from_address=20, copies=15, in_step=1_000)
ADD = text("""
WITH f AS (
    INSERT INTO fans (key, created_at, last_seen_at)
    SELECT gen_random_uuid(), :at, :at FROM generate_series(1, :fans) RETURNING id)
INSERT INTO votes (show_id, song_id, fan_id, state, by_account, address_mark, created_at, changed_at)
SELECT :show_id, 1 + (f.id + n) % 8, f.id, 'on', :by_account, :mark, :at + f.id % 50 * interval '1 second',
       :at + f.id % 50 * interval '1 second'
FROM f, generate_series(1, :songs) n
""")
COUNT = text("""
UPDATE ballot_songs b SET wishes_guests = (
    SELECT count(*) FROM votes v WHERE v.song_id = b.song_id AND v.state = 'on' AND NOT v.by_account)
""")


@pytest.fixture
def show(session: Session) -> Show:
    return add_ballot(session)


def add(session: Session, show: Show, fans: int, **more: object) -> None:
    given: dict[str, object] = {"songs": 2, "by_account": False, "mark": b"m" * 16, "at": NOW} | more
    session.execute(ADD, {"show_id": show.id, "fans": fans, **given})
    session.execute(COUNT)
    session.commit()


def flag(session: Session, now: datetime = NOW + timedelta(minutes=5)) -> int:
    found = flag_bursts(session, RULE, now=now)
    session.commit()
    session.expire_all()
    return found


def bursts(session: Session) -> list[VoteBurst]:
    return list(session.scalars(select(VoteBurst).order_by(VoteBurst.id)))


def test_what_looks_made_is_kept_with_its_evidence_and_changes_no_vote(session: Session, show: Show) -> None:
    add(session, show, 30)
    assert flag(session) == 1
    [burst] = bursts(session)
    assert (burst.kind, burst.state, burst.fans, burst.votes) == ("address", "open", 30, 60)
    assert burst.evidence["addresses"] == 1
    assert burst.first_at >= NOW
    assert set(session.scalars(select(Vote.state))) == {"on"}


def test_again_it_is_the_same_burst_and_it_grows(session: Session, show: Show) -> None:
    add(session, show, 30)
    assert [flag(session), flag(session)] == [1, 0]
    add(session, show, 10)
    assert flag(session) == 1
    assert [(burst.fans, burst.votes) for burst in bursts(session)] == [(40, 80)]


@pytest.mark.parametrize(
    "more",
    [{"by_account": True}, {"at": NOW - timedelta(hours=2)}, {"mark": None}],
)
def test_accounts_votes_old_ones_and_unmarked_ones_are_none(
    session: Session, show: Show, more: dict[str, object]
) -> None:
    add(session, show, 30, **more)
    assert flag(session) == 0
    assert bursts(session) == []


def test_a_guest_of_before_is_no_newcomer(session: Session, show: Show) -> None:
    add(session, show, 30, at=NOW - timedelta(hours=2))
    session.execute(
        text("UPDATE votes SET created_at = :now, changed_at = :now WHERE song_id > 4"), {"now": NOW}
    )
    session.commit()
    before = session.scalars(
        text("SELECT count(DISTINCT fan_id) FROM votes WHERE created_at < :t"), {"t": NOW}
    )
    assert before.one() > 0
    flag(session)
    assert sum(burst.fans for burst in bursts(session)) < 30


@pytest.mark.parametrize("state", [BurstState.VOIDED, BurstState.DISMISSED])
def test_what_was_decided_is_not_asked_again_and_what_comes_after_is(
    session: Session, show: Show, state: BurstState
) -> None:
    add(session, show, 30)
    flag(session)
    begin(session, bursts(session)[0].id, state, Decider(account_id=None, at=NOW))
    if state is BurstState.VOIDED:
        void_batch(session, bursts(session)[0].id)
    session.commit()
    assert flag(session) == 0
    add(session, show, 25)
    assert flag(session) == 1
    assert [(burst.state, burst.fans) for burst in bursts(session)] == [(state.value, 30), ("open", 25)]
    assert tallies_apart(session) == []
