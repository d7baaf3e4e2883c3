"""The one scheduler process: `python -m setlist.clock`. Of several, one leads and the others wait.

The leader sends what the queue has due, takes back expired leases, and runs the timetable.
"""

import logging
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from types import FrameType

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from setlist.app import create_app
from setlist.cron.leader import Leadership
from setlist.cron.runs import CronRun, give_up_lost_runs, run_if_due
from setlist.cron.timetable import TIMETABLE, Entry
from setlist.extensions import db, scheduler
from setlist.queue.aftermath import settle_imports, settle_mails
from setlist.queue.dispatch import sweep
from setlist.queue.minutes import record_minutes
from setlist.queue.names import QUEUES
from setlist.queue.outbox import Transport
from setlist.queue.reap import reap
from setlist.services.redis_client import PATIENT_SECONDS

log = logging.getLogger(__name__)

CONFIRM_SECONDS = 1.0
SWEEP_SECONDS = 1.0
MOST_SWEEPS = 20  # in a row
REAP_SECONDS = 2.0
MINUTES_SECONDS = 5.0  # how late a minute's figures may be
TICK_SECONDS = 2.0  # how late a timetable entry may start


def main() -> None:
    app = create_app(redis_seconds=PATIENT_SECONDS)
    stopping = threading.Event()
    _on_signals(stopping.set)
    sender: Transport = app.extensions["sender"]
    with app.app_context():
        engine = db.engine
    _schedule(app, _duties(engine, sender, stopping))
    _keep_time(engine, stopping)


def _duties(
    engine: Engine, sender: Transport, stopping: threading.Event
) -> dict[str, tuple[float, Callable[[], None]]]:
    """By name: every how many seconds, and what."""
    duties: dict[str, tuple[float, Callable[[], None]]] = {
        "dispatcher": (SWEEP_SECONDS, partial(send_due, engine, sender)),
        "reaper": (REAP_SECONDS, partial(take_back, engine)),
        "minutes": (MINUTES_SECONDS, partial(count_minutes, engine)),
    }
    for entry in TIMETABLE:
        duties[entry.name] = (TICK_SECONDS, partial(run_entry, engine, entry, stopping))
    return duties


def send_due(engine: Engine, sender: Transport) -> None:
    """As long as there is more than a batch, and workers have not got enough in Redis yet."""
    for _ in range(MOST_SWEEPS):
        with Session(engine) as session:
            swept = sweep(session, sender.lengths(QUEUES))
            session.commit()
        if swept.resent:
            log.warning("sent %d jobs again: their messages were lost", swept.resent)
        if not swept.is_full:
            return


def take_back(engine: Engine) -> None:
    with Session(engine) as session:
        reaped = reap(session)
        session.commit()
        settled, unsent = settle_imports(session), settle_mails(session)
        session.commit()
    if reaped.returned or reaped.dead:
        log.warning("%d jobs lost their worker and go on, %d are dead", reaped.returned, reaped.dead)
    if settled:
        log.warning("imports ended by their jobs: %s", settled)
    if unsent:
        log.warning("mails that nothing sends any more: %s", unsent)


def count_minutes(engine: Engine) -> None:
    with Session(engine) as session:
        record_minutes(session, datetime.now(UTC))
        session.commit()


def run_entry(engine: Engine, entry: Entry, stopping: threading.Event) -> None:
    with Session(engine) as session:
        outcome = run_if_due(entry, CronRun(session=session, stopping=stopping), datetime.now(UTC))
    if outcome is not None:
        log.info("%s: %s", entry.name, outcome)


class Duty:
    """Calls it, and says once that PostgreSQL or Redis is away, and once that it is back."""

    def __init__(self, name: str, call: Callable[[], None]) -> None:
        self._name = name
        self._call = call
        self._away = False

    def __call__(self) -> None:
        try:
            self._call()
        except (SQLAlchemyError, ConnectionError) as error:
            if not self._away:
                log.warning("%s waits: %s", self._name, error)
            self._away = True
            return
        if self._away:
            log.warning("%s goes on", self._name)
        self._away = False


def _schedule(app: Flask, duties: dict[str, tuple[float, Callable[[], None]]]) -> None:
    app.config.update(
        SCHEDULER_API_ENABLED=False,  # it has no login, and adding a job runs any code
        SCHEDULER_TIMEZONE="UTC",
        SCHEDULER_EXECUTORS={"default": {"type": "threadpool", "max_workers": len(duties)}},
        # Late is better than not, and one at a time.
        SCHEDULER_JOB_DEFAULTS={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it reports every run, each second
    scheduler.init_app(app)
    for name, (seconds, call) in duties.items():
        scheduler.add_job(id=name, func=Duty(name, call), trigger="interval", seconds=seconds)


def _keep_time(engine: Engine, stopping: threading.Event) -> None:
    leadership = Leadership(engine)
    leading = False
    scheduler.start(paused=True)
    while not stopping.is_set():
        leads = leadership.confirm()
        if leads and not leading:
            log.info("this clock leads")
            Duty("takeover", partial(_take_over, engine))()
            scheduler.resume()
        elif leading and not leads:
            log.warning("this clock does not lead any more")
            scheduler.pause()
        leading = leads
        stopping.wait(CONFIRM_SECONDS)
    scheduler.shutdown(wait=False)
    leadership.release()


def _take_over(engine: Engine) -> None:
    with Session(engine) as session:
        give_up_lost_runs(session)
        session.commit()


def _on_signals(action: Callable[[], None]) -> None:
    def handle(number: int, frame: FrameType | None) -> None:
        action()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle)


if __name__ == "__main__":
    main()
