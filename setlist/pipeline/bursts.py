"""Finds bursts of guests' votes among the rows and keeps them for an admin to decide. It voids nothing."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from setlist.domain.bursts import BurstRule, Found, Newcomer, find_bursts
from setlist.models import VoteBurst
from setlist.models.base import Json
from setlist.models.bursts import BurstState

LOOKS_BACK = timedelta(minutes=45)  # a burst is found while it lasts, and again as it grows
MOST_SONGS_TOLD = 10

BUSY_SHOWS = text("""
SELECT show_id FROM votes
WHERE changed_at >= :since AND state = 'on' AND NOT by_account
GROUP BY show_id HAVING count(DISTINCT fan_id) >= :least ORDER BY show_id
""")
# What was decided is not found again. A guest who was there before is no newcomer.
NEWCOMERS = text("""
SELECT v.fan_id, min(v.created_at) AS first_at, (array_agg(v.address_mark ORDER BY v.id))[1] AS mark,
       array_agg(v.song_id ORDER BY v.song_id) AS songs
FROM votes v
WHERE v.show_id = :show_id AND v.state = 'on' AND NOT v.by_account
  AND v.fan_id IN (SELECT n.fan_id FROM votes n WHERE n.show_id = :show_id AND n.changed_at >= :since)
  AND NOT EXISTS (SELECT 1 FROM vote_burst_votes m JOIN vote_bursts b ON b.id = m.burst_id
                  WHERE m.vote_id = v.id AND b.state <> 'open')
GROUP BY v.fan_id HAVING min(v.created_at) >= :since
""")
# Each kind of burst knows its own votes: those that the guests have given so far.
KEEP_VOTES = text("""
INSERT INTO vote_burst_votes (burst_id, vote_id)
SELECT :burst_id, v.id FROM votes v
WHERE v.show_id = :show_id AND v.fan_id = ANY(:fans) AND v.state = 'on' AND NOT v.by_account
ORDER BY v.id
ON CONFLICT DO NOTHING
""")
COUNTED = text("""
SELECT count(*) AS votes, count(DISTINCT v.fan_id) AS fans,
       min(v.created_at) AS first_at, max(v.created_at) AS last_at
FROM vote_burst_votes m JOIN votes v ON v.id = m.vote_id WHERE m.burst_id = :burst_id
""")


def flag_bursts(session: Session, rule: BurstRule, *, now: datetime) -> int:
    """Looks at all shows; how many bursts are new or have grown. Flushes; the caller commits."""
    since = now - LOOKS_BACK
    least = min(rule.from_address, rule.copies, rule.in_step)
    shows = session.scalars(BUSY_SHOWS, {"since": since, "least": least}).all()
    return sum(_flag_show(session, show_id, rule, since) for show_id in shows)


def _flag_show(session: Session, show_id: int, rule: BurstRule, since: datetime) -> int:
    rows = session.execute(NEWCOMERS, {"show_id": show_id, "since": since})
    newcomers = [
        Newcomer(fan_id=row.fan_id, first_at=row.first_at, mark=row.mark, songs=tuple(row.songs))
        for row in rows
    ]
    found = find_bursts(show_id, newcomers, rule)
    # In one order, for those who do the same at the same time.
    return sum(
        _keep(session, show_id, one) for one in sorted(found, key=lambda one: (one.kind, one.fingerprint))
    )


def _keep(session: Session, show_id: int, found: Found) -> bool:
    """As an open burst, or as more of one. Whether it says anything new."""
    burst_id = _open_burst(session, show_id, found)
    fans = [one.fan_id for one in found.newcomers]
    session.execute(KEEP_VOTES, {"burst_id": burst_id, "show_id": show_id, "fans": fans})
    counted = session.execute(COUNTED, {"burst_id": burst_id}).mappings().one()
    burst = session.get_one(VoteBurst, burst_id, populate_existing=True)
    has_grown = bool(burst.votes != counted["votes"])
    for name, value in counted.items():
        setattr(burst, str(name), value)
    burst.evidence = _evidence(found.newcomers)
    session.flush()
    return has_grown


def _open_burst(session: Session, show_id: int, found: Found) -> int:
    """Its id, locked."""
    moments = [one.first_at for one in found.newcomers]
    statement = insert(VoteBurst).values(
        show_id=show_id,
        kind=found.kind.value,
        fingerprint=found.fingerprint,
        fans=0,
        votes=0,
        first_at=min(moments),
        last_at=max(moments),
    )
    keys = [VoteBurst.show_id, VoteBurst.kind, VoteBurst.fingerprint]
    kept = statement.on_conflict_do_update(
        index_elements=keys,
        index_where=text(f"state = '{BurstState.OPEN.value}'"),
        set_={"last_at": func.greatest(VoteBurst.last_at, statement.excluded.last_at)},
    ).returning(VoteBurst.id)
    return session.scalars(kept).one()


def _evidence(newcomers: Sequence[Newcomer]) -> Json:
    """What an admin is to judge by."""
    minutes: dict[datetime, int] = defaultdict(int)
    for one in newcomers:
        minutes[one.first_at.replace(second=0, microsecond=0)] += 1
    sets = {one.songs for one in newcomers}
    return {
        "most_in_a_minute": max(minutes.values()),
        "addresses": len({one.mark for one in newcomers if one.mark}),
        "song_sets": len(sets),
        "songs": list(min(sets))[:MOST_SONGS_TOLD] if len(sets) == 1 else [],
    }
