"""Takes a burst's votes out of the tally and gives them back, in batches, rows and tally in one statement.

Locks go the way of a fan's wish: the fan, the vote, the tally; of each in the order of ids, so that voids and
wishes never wait in a circle. A show's lock does not matter here: what is fair may be found out afterwards.
The caller commits each batch; a batch smaller than BATCH was the last.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import TextClause, select, text
from sqlalchemy.orm import Session

from setlist.models import VoteBurst
from setlist.models.bursts import BurstState

BATCH = 500


class UnknownBurstError(Exception):
    """There is no such burst."""


class BurstStateError(Exception):
    """What was asked for does not go with what was decided."""


@dataclass(frozen=True, kw_only=True)
class Decider:
    """Who decides when; `called` names who has no account."""

    account_id: int | None
    at: datetime
    called: str = ""


_HELD = "m.state_before IS NOT NULL"
_NOT_HELD = "m.state_before IS NULL"
# A merge of songs locks the whole table and then ballots: it is waited for before anything else is held.
_FIRST = text("LOCK TABLE votes IN ROW EXCLUSIVE MODE")
_CHOOSE = """
SELECT m.vote_id FROM vote_burst_votes m
WHERE m.burst_id = :burst_id AND {which} ORDER BY m.vote_id LIMIT :batch
"""
_LOCKS = (
    """SELECT 1 FROM fans f WHERE f.id IN (SELECT v.fan_id FROM votes v WHERE v.id = ANY(:votes))
       ORDER BY f.id FOR UPDATE""",
    "SELECT 1 FROM votes v WHERE v.id = ANY(:votes) ORDER BY v.id FOR NO KEY UPDATE",
    """SELECT 1 FROM ballot_songs b
       WHERE (b.show_id, b.song_id) IN (SELECT v.show_id, v.song_id FROM votes v WHERE v.id = ANY(:votes))
       ORDER BY b.show_id, b.song_id FOR NO KEY UPDATE""",
)
_TALLY = """
UPDATE ballot_songs b
SET wishes_accounts = b.wishes_accounts {sign} c.accounts, wishes_guests = b.wishes_guests {sign} c.guests
FROM (SELECT show_id, song_id, count(*) FILTER (WHERE by_account) AS accounts,
             count(*) FILTER (WHERE NOT by_account) AS guests
      FROM counted GROUP BY show_id, song_id) c
WHERE b.show_id = c.show_id AND b.song_id = c.song_id
"""
# What another void holds already keeps the state of before that one. What its fan took back is voided as
# well, so that it is not given again, and goes back to that.
_VOID = """
WITH chosen AS (
    SELECT v.id, v.show_id, v.song_id, v.by_account, v.state AS was,
           coalesce(CASE WHEN v.state = 'void' THEN (
               SELECT o.state_before FROM vote_burst_votes o
               WHERE o.vote_id = v.id AND o.state_before IS NOT NULL LIMIT 1) END, v.state) AS state_before
    FROM votes v WHERE v.id = ANY(:votes)
), noted AS (
    UPDATE vote_burst_votes m SET state_before = c.state_before
    FROM chosen c WHERE m.burst_id = :burst_id AND m.vote_id = c.id
), voided AS (
    UPDATE votes v SET state = 'void' FROM chosen c WHERE v.id = c.id AND v.state <> 'void'
), counted AS (
    SELECT show_id, song_id, by_account FROM chosen WHERE was = 'on'
)
{tally}
"""
# What another burst's void holds stays void, and is that one's to give back. A fan who has meanwhile given
# other wishes gets back what the quota leaves, the oldest first; the rest is as if taken back.
_GIVE_BACK = """
WITH chosen AS (
    SELECT v.id, v.show_id, v.song_id, v.fan_id, v.by_account, v.created_at, m.state_before,
           (SELECT count(*) FROM votes o
            WHERE o.show_id = v.show_id AND o.fan_id = v.fan_id AND o.state = 'on') AS used
    FROM vote_burst_votes m JOIN votes v ON v.id = m.vote_id
    WHERE m.burst_id = :burst_id AND v.id = ANY(:votes) AND v.state = 'void'
      AND NOT EXISTS (SELECT 1 FROM vote_burst_votes o
                      WHERE o.vote_id = v.id AND o.burst_id <> :burst_id AND o.state_before IS NOT NULL)
), placed AS (
    SELECT c.*, row_number() OVER (
        PARTITION BY show_id, fan_id, (state_before = 'on') ORDER BY created_at, id) AS place FROM chosen c
), decided AS (
    SELECT p.*, CASE WHEN state_before = 'on'
                      AND place + used > CASE WHEN by_account THEN :account_quota ELSE :guest_quota END
                     THEN 'off' ELSE state_before END AS state
    FROM placed p
), noted AS (
    UPDATE vote_burst_votes m SET state_before = NULL WHERE m.burst_id = :burst_id AND m.vote_id = ANY(:votes)
), given AS (
    UPDATE votes v SET state = d.state FROM decided d WHERE v.id = d.id
), counted AS (
    SELECT show_id, song_id, by_account FROM decided WHERE state = 'on'
)
{tally}
"""


@dataclass(frozen=True, kw_only=True)
class Quotas:
    """How many wishes one has at a show."""

    guests: int
    accounts: int


def begin(session: Session, burst_id: int, state: BurstState, decider: Decider) -> bool:
    """Notes the decision; whether it is new. Its votes follow in batches. The caller commits.

    A voided burst cannot be dismissed: its votes are to be given back first.
    """
    burst = _locked(session, burst_id)
    if burst is None:
        raise UnknownBurstError(f"There is no burst {burst_id}.")
    if burst.state == state:
        return False
    if state is BurstState.DISMISSED and burst.state == BurstState.VOIDED:
        raise BurstStateError("Its votes are void. Give them back first, then dismiss it.")
    if state is BurstState.OPEN:
        _step_aside(session, burst)
    burst.state, burst.decided_by, burst.decided_at = state.value, decider.account_id, decider.at
    session.flush()
    return True


def void_batch(session: Session, burst_id: int) -> int:
    """How many of its votes were dealt with; none once somebody else has decided otherwise."""
    votes = _hold(session, burst_id, BurstState.VOIDED, _NOT_HELD)
    if votes:
        session.execute(_with_tally(_VOID, "-"), {"burst_id": burst_id, "votes": votes})
    return len(votes)


def give_back_batch(session: Session, burst_id: int, quotas: Quotas) -> int:
    """As void_batch(), the other way."""
    votes = _hold(session, burst_id, BurstState.OPEN, _HELD)
    if votes:
        values = {"guest_quota": quotas.guests, "account_quota": quotas.accounts}
        session.execute(_with_tally(_GIVE_BACK, "+"), {"burst_id": burst_id, "votes": votes, **values})
    return len(votes)


def _with_tally(statement: str, sign: str) -> TextClause:
    return text(statement.replace("{tally}", _TALLY.replace("{sign}", sign)))


def _hold(session: Session, burst_id: int, state: BurstState, which: str) -> list[int]:
    """The next votes that are to change, with all that their change locks."""
    burst = _locked(session, burst_id)
    if burst is None or burst.state != state:
        return []
    session.execute(_FIRST)
    chosen = text(_CHOOSE.format(which=which))
    votes = list(session.scalars(chosen, {"burst_id": burst_id, "batch": BATCH}))
    for lock in _LOCKS if votes else ():
        session.execute(text(lock), {"votes": votes})
    return votes


def _step_aside(session: Session, burst: VoteBurst) -> None:
    """More of the same may have been found since it was decided: that is an open burst of its own."""
    twin = select(VoteBurst.id).where(
        VoteBurst.show_id == burst.show_id,
        VoteBurst.kind == burst.kind,
        VoteBurst.fingerprint == burst.fingerprint,
        VoteBurst.state == BurstState.OPEN.value,
    )
    if session.scalar(twin) is not None:
        burst.fingerprint = hashlib.blake2b(f"burst {burst.id}".encode(), digest_size=16).digest()


def _locked(session: Session, burst_id: int) -> VoteBurst | None:
    statement = select(VoteBurst).where(VoteBurst.id == burst_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
