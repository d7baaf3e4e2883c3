"""What became of the jobs of a round, read from rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, text

# Acknowledged, and not there, not over, over in another way, or without all its steps.
_LOST = text("""
SELECT asked.id, coalesce(job.state, 'no row') AS state, job.error
FROM unnest(CAST(:ids AS bigint[])) AS asked (id)
LEFT JOIN queue_jobs AS job ON job.id = asked.id
LEFT JOIN LATERAL (
    SELECT count(DISTINCT step) AS taken FROM drill_effects WHERE job_id = asked.id
) AS effects ON true
WHERE job.id IS NULL
   OR job.state <> CASE WHEN asked.id = ANY(CAST(:poison AS bigint[])) THEN 'dead' ELSE 'done' END
   OR job.state = 'done' AND taken <> CAST(job.args ->> 'steps' AS bigint)
ORDER BY asked.id
""")
_DOUBLED = text("""
SELECT coalesce(sum(times - 1), 0) FROM (
    SELECT count(*) AS times FROM drill_effects
    WHERE job_id = ANY(CAST(:ids AS bigint[])) GROUP BY job_id, step
) AS places
""")
_WENT_BACK = text("""
SELECT count(*) FROM (
    SELECT step, max(step) OVER (
        PARTITION BY job_id ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS reached
    FROM drill_effects WHERE job_id = ANY(CAST(:ids AS bigint[]))
) AS steps WHERE step <= reached
""")
_ACTIVE = text("""
SELECT count(*) FROM queue_jobs
WHERE id = ANY(CAST(:ids AS bigint[])) AND state IN ('queued', 'running', 'retrying')
""")
# A job whose last step was committed already has no new effect: its end counts.
_RECOVERY = text("""
SELECT extract(epoch FROM min(at) - CAST(:since AS timestamptz))::float8 FROM (
    SELECT applied_at AS at FROM drill_effects WHERE job_id = :id
    UNION ALL
    SELECT finished_at FROM queue_jobs WHERE id = :id
) AS signs WHERE at > :since
""")

# Of the attempts around the fault: seconds since then.
_HISTORY = text("""
SELECT extract(epoch FROM started_at - CAST(:since AS timestamptz))::float8 AS began,
       coalesce(extract(epoch FROM finished_at - CAST(:since AS timestamptz)), 'infinity')::float8 AS ended,
       outcome, error
FROM queue_job_attempts WHERE job_id = :id ORDER BY fence
""")
LONGEST_RECOVERY = 30.0  # seconds, 95 of 100


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Of one round. `recoveries`: seconds from the end of the fault to the next effect of each job it hit."""

    jobs: int
    lost: int
    doubled: int
    went_back: int
    recoveries: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()
    complaints: tuple[str, ...] = field(default=())

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.went_back or self.complaints)


def active(engine: Engine, ids: Iterable[int]) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(_ACTIVE, {"ids": list(ids)}) or 0)


def recoveries(engine: Engine, hit: Mapping[int, datetime]) -> list[float | None]:
    """Of each job that was hit; None: not yet."""
    with engine.connect() as connection:
        return [connection.scalar(_RECOVERY, {"id": job_id, "since": since}) for job_id, since in hit.items()]


def slow(engine: Engine, hit: Mapping[int, datetime]) -> list[str]:
    """The attempts of the job that took longest, if that was too long."""
    found = zip(recoveries(engine, hit), hit.items(), strict=True)
    waited, (job_id, since) = max(((seconds or 0.0, job) for seconds, job in found), default=(0.0, (0, None)))
    if waited <= LONGEST_RECOVERY / 2:
        return []
    with engine.connect() as connection:
        attempts = connection.execute(_HISTORY, {"id": job_id, "since": since}).all()
    told = [f"{row.began:.1f} to {row.ended:.1f} {row.outcome} {row.error or ''}".strip() for row in attempts]
    return [f"job {job_id} went on {waited:.1f} s later: {'; '.join(told)}"]


def judge(
    engine: Engine,
    *,
    acknowledged: list[int],
    unsure: Iterable[int] = (),
    poison: Iterable[int] = (),
    hit: Mapping[int, datetime] | None = None,
) -> dict[str, Any]:
    """What an Outcome says of the rows, by its names."""
    every = {"ids": [*acknowledged, *unsure]}
    with engine.connect() as connection:
        lost = connection.execute(_LOST, {"ids": acknowledged, "poison": list(poison)}).all()
        return {
            "jobs": len(acknowledged),
            "lost": len(lost),
            "doubled": int(connection.scalar(_DOUBLED, every) or 0),
            "went_back": int(connection.scalar(_WENT_BACK, every) or 0),
            "recoveries": tuple(seconds for seconds in recoveries(engine, hit or {}) if seconds is not None),
            "complaints": tuple(f"job {row.id}: {row.state} {row.error or ''}".rstrip() for row in lost[:5]),
        }
