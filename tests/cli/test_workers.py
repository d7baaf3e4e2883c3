"""`setlist workers`: real processes by group, watched, replaced, drained and stopped at once."""

import os
import signal
from collections.abc import Callable, Iterator

import pytest
from rich.console import Console as Terminal
from sqlalchemy import create_engine, select

from setlist.cli.board import Board
from setlist.cli.complaints import ComplaintError
from setlist.cli.lookout import Lookout
from setlist.cli.workers import chosen, programs
from setlist.extensions import db
from setlist.models import Artist, SyncJob, Worker
from setlist.queue.enqueue import enqueue
from setlist.queue.workers import WorkerIdentity, beat
from tests.queue.polling import until
from tests.queue.processes import OwnProcess
from tests.queue.rows import QUEUE, claimed, fresh, outcomes, stored

IMPORTS = "artist_import"
START_SECONDS = 90.0  # processes start slowly on a machine that has much to do


@pytest.fixture
def pools(settings, tmp_path) -> Iterator[Callable[..., OwnProcess]]:
    """`setlist workers` with puppets for processors."""
    started: list[OwnProcess] = []

    def start(*options: str) -> OwnProcess:
        command = ("-m", "setlist.cli", "workers", "--module=tests.queue.puppets", *options)
        started.append(OwnProcess(settings, tmp_path / "workers.log", *command))
        return started[-1]

    yield start
    for process in started:
        process.end()


def alive(session, group: str) -> list[Worker]:
    session.rollback()
    statement = select(Worker).where(Worker.worker_group == group, Worker.stopped_at.is_(None))
    return list(session.scalars(statement))


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_each_group_has_its_processes_and_its_queues_only(session, pools):
    pools("--group=short", "--group=imports")
    until(lambda: alive(session, "short") and alive(session, "imports"), seconds=START_SECONDS)
    quick, import_, other = stored(session, QUEUE), stored(session, IMPORTS), stored(session, "cleanup")
    until(lambda: fresh(session, quick).state == "done" and fresh(session, import_).state == "done")

    [short], [imports] = alive(session, "short"), alive(session, "imports")
    assert (short.threads, imports.threads) == (4, 4)
    assert short.pid != imports.pid
    assert fresh(session, other).attempts == 0


def test_a_dead_child_is_replaced_its_jobs_go_on_and_the_other_group_does_not_notice(
    session, pools, ticking, tmp_path
):
    pools("--group=short", "--group=imports")
    until(lambda: alive(session, "short") and alive(session, "imports"), seconds=START_SECONDS)
    [other] = alive(session, "imports")
    job_id, elsewhere = stored(session, QUEUE, steps=12), stored(session, IMPORTS, steps=12)
    until(lambda: fresh(session, job_id).state == "running")
    [first] = alive(session, "short")
    os.kill(first.pid, signal.SIGKILL)
    until(lambda: fresh(session, job_id).state == "done" and fresh(session, elsewhere).state == "done")

    assert outcomes(session, job_id) == ["lost", "done"]
    assert fresh(session, job_id).crashes == 1
    assert outcomes(session, elsewhere) == ["done"]
    assert is_running(other.pid), (tmp_path / "workers.log").read_text()


def test_a_job_that_ends_its_workers_is_dead_after_three_and_the_group_goes_on(session, pools, ticking):
    pools("--group=short")
    until(lambda: alive(session, "short"), seconds=START_SECONDS)
    poison, harmless = stored(session, QUEUE, exits=True), stored(session, QUEUE, steps=1)
    until(lambda: fresh(session, poison).state == "dead", seconds=60)
    until(lambda: fresh(session, harmless).state == "done", seconds=60)

    assert outcomes(session, poison) == ["lost", "lost", "lost"]
    assert "it may be this job" in fresh(session, poison).error


def test_the_first_stop_drains_and_the_workers_go_with_it(session, pools):
    manager = pools("--group=short")
    until(lambda: alive(session, "short"), seconds=START_SECONDS)
    [worker] = alive(session, "short")
    job_id = stored(session, QUEUE, steps=40)
    until(lambda: fresh(session, job_id).state == "running")
    manager.signal_one(signal.SIGTERM)
    assert manager.wait() == 0

    assert outcomes(session, job_id) == ["handed_back"]
    assert not is_running(worker.pid)
    assert alive(session, "short") == []


def test_the_second_stop_does_not_wait_and_hands_the_leases_back(session, pools, settings):
    manager = pools("--group=short")
    until(lambda: alive(session, "short"), seconds=START_SECONDS)
    job_id = stored(session, QUEUE, sleeps=600)
    until(lambda: fresh(session, job_id).state == "running")
    manager.signal_one(signal.SIGINT)
    manager.signal_one(signal.SIGTERM)
    assert manager.wait() == 0

    job = fresh(session, job_id)
    assert (job.state, job.attempts, job.crashes, job.lease_owner) == ("queued", 0, 0, None)
    assert outcomes(session, job_id) == ["handed_back"]


def test_workers_whose_manager_was_killed_end(session, pools):
    manager = pools("--group=short")
    until(lambda: alive(session, "short"), seconds=START_SECONDS)
    [worker] = alive(session, "short")
    manager.signal_one(signal.SIGKILL)

    until(lambda: alive(session, "short") == [])
    until(lambda: not is_running(worker.pid))


class TestChoosing:
    def test_all_groups_of_the_settings_in_their_order(self, settings):
        assert list(chosen(settings, ())) == ["short", "imports", "background"]

    def test_one_that_the_settings_leave_out_may_be_asked_for(self, settings):
        few = settings.model_copy(update={"worker_groups": {"imports": settings.worker_groups["imports"]}})
        assert list(chosen(few, ())) == ["imports"]
        assert chosen(few, ("background",))["background"].processes == 1

    def test_an_unknown_one_is_told_with_those_there_are(self, settings):
        with pytest.raises(ComplaintError, match="called fast: short, imports, background, all"):
            chosen(settings, ("fast",))

    def test_as_many_programs_as_processes(self, settings):
        sizes = {"imports": settings.worker_groups["imports"]._replace(processes=3, threads=2)}
        started = programs(sizes, "setlist.worker")
        assert len(started) == 3
        assert {program.command[-2:] for program in started} == {("--group=imports", "--threads=2")}


def test_the_dashboard_shows_queues_running_jobs_with_progress_workers_and_providers(app, session, settings):
    worker = WorkerIdentity(threads=4, version="1", group="imports")
    beat(session, worker)
    artist = Artist(name="[bold]Sigur Rós", name_folded="sigur ros")
    session.add(artist)
    session.flush()
    job_id = stored(session, IMPORTS)
    claimed(session, job_id, worker=worker.id, queue=IMPORTS)
    session.add(SyncJob(kind="import", artist_id=artist.id, queue_job_id=job_id, state="running", percent=40))
    enqueue(session, "cleanup", {})
    session.commit()
    lookout = Lookout(app, db.engine, settings)
    lookout.look()
    shown = drawn(Board(lookout), height=60)

    for words in (IMPORTS, "[bold]Sigur Rós", str(worker.pid), "MB", "MusicBrainz", "cleanup", "closed"):
        assert words in shown


def test_the_dashboard_says_that_the_tables_cannot_be_read_and_keeps_what_it_saw(app, settings, tmp_path):
    lookout = Lookout(app, db.engine, settings)
    lookout.look()
    away = Lookout(app, create_engine(f"postgresql+psycopg:///nothing?host={tmp_path}"), settings)
    away.seen = lookout.seen
    away.look()
    shown = drawn(Board(away), height=60)

    assert "the tables cannot be read" in shown
    assert IMPORTS in shown


def drawn(board: Board, height: int) -> str:
    terminal = Terminal(width=200, height=height)
    with terminal.capture() as captured:
        terminal.print(board.picture(height))
    return captured.get()
