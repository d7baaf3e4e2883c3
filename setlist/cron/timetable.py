"""What runs when. One row an entry."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from config import Settings
from setlist.cron.runs import CronRun, Report, Work
from setlist.cron.schedule import DailyAt, Every, Schedule
from setlist.domain.bursts import BurstRule
from setlist.domain.tally_check import TalliesApartError, tallies_apart
from setlist.pipeline.bursts import flag_bursts
from setlist.queue.enqueue import enqueue


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    name: str
    purpose: str
    schedule: Schedule
    work: Work
    window: timedelta  # a run that could not start this long after it was due is left out


def _enqueues(queue: str) -> Work:
    """One active job of the queue, however often its time comes."""

    def work(run: CronRun) -> Report:
        job = enqueue(run.session, queue, {}, dedup_key=queue)
        return Report(message=f"job {job.id}", metrics={"job_id": job.id})

    return work


def _check_tallies(run: CronRun) -> Report:
    """Fails, and so shows on the dashboard, where a tally is not what its rows say."""
    apart = tallies_apart(run.session)
    if apart:
        raise TalliesApartError("; ".join(map(str, apart[:5])))
    return Report(message="each is what its rows say", metrics={"apart": 0})


def _flag_bursts(run: CronRun) -> Report:
    settings = Settings()  # the clock's duties run outside of the app
    rule = BurstRule(
        from_address=settings.burst_fans_from_address,
        copies=settings.burst_copies,
        in_step=settings.burst_in_step,
    )
    found = flag_bursts(run.session, rule, now=datetime.now(UTC))
    return Report(message=f"{found} new or grown", metrics={"bursts": found})


TIMETABLE: tuple[Entry, ...] = (
    Entry(
        name="trending",
        purpose="refreshes what is rising",
        schedule=Every(timedelta(minutes=1)),
        work=_enqueues("trending_calc"),
        window=timedelta(minutes=1),
    ),
    Entry(
        name="scheduled_sync",
        purpose="asks the providers for what is due",
        schedule=Every(timedelta(minutes=5)),
        work=_enqueues("scheduled_sync"),
        window=timedelta(minutes=4),
    ),
    Entry(
        name="cache_warm",
        purpose="makes the pages that will be asked for next",
        # More often than AHEAD_SECONDS of the cache: what one run made waits for its reader until the next.
        schedule=Every(timedelta(minutes=10)),
        work=_enqueues("cache_warm"),
        window=timedelta(minutes=5),
    ),
    Entry(
        name="vote_bursts",
        purpose="flags bursts of guests' votes for an admin",
        schedule=Every(timedelta(minutes=5)),
        work=_flag_bursts,
        window=timedelta(minutes=4),
    ),
    Entry(
        name="cleanup",
        purpose="deletes what nobody will look at again, and what providers' terms do not let us keep",
        schedule=DailyAt(time(0, 10)),  # the job itself looks for the quiet hours of the day that begins
        work=_enqueues("cleanup"),
        window=timedelta(hours=12),
    ),
    Entry(
        name="tally_check",
        purpose="proves that each tally is what its rows say",
        schedule=DailyAt(time(3, 40)),
        work=_check_tallies,
        window=timedelta(hours=12),
    ),
)
