"""What runs when. One row an entry."""

from dataclasses import dataclass
from datetime import time, timedelta

from setlist.cron.housekeeping import clean_up
from setlist.cron.runs import CronRun, Report, Work
from setlist.cron.schedule import DailyAt, Every, Schedule
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


TIMETABLE: tuple[Entry, ...] = (
    Entry(
        name="trending",
        purpose="refreshes what is rising",
        schedule=Every(timedelta(minutes=1)),
        work=_enqueues("trending_calc"),
        window=timedelta(minutes=1),
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
        name="housekeeping",
        purpose="deletes what nobody will look at again: finished jobs, progress events, old searches",
        schedule=DailyAt(time(4, 20)),
        work=clean_up,
        window=timedelta(hours=12),
    ),
)
