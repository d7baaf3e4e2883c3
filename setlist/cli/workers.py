"""`setlist workers`: the pools of workers on this host, by group, and what they do."""

import os
import socket
import sys
from functools import partial

import click
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config import Settings
from setlist.app import create_app
from setlist.cli.board import Board
from setlist.cli.child import Child
from setlist.cli.complaints import ComplaintError
from setlist.cli.console import Console
from setlist.cli.lookout import Lookout
from setlist.cli.procfile import Program
from setlist.cli.supervisor import Supervisor
from setlist.extensions import db
from setlist.queue.groups import ALL, GROUPS
from setlist.queue.reap import worker_died
from setlist.services.redis_client import PATIENT_SECONDS
from setlist.settings.work import USUAL_THREADS, GroupSize

KILL_MARGIN_SECONDS = 2.0  # beyond the grace that a worker itself keeps
MODULE = "setlist.worker"


@click.command()
@click.option("--group", "names", multiple=True, metavar="NAME", help="Only this group; may be given again.")
@click.option("--plain", is_flag=True, help="Lines instead of the dashboard, as where there is no terminal.")
@click.option("--module", default=MODULE, hidden=True, help="What a worker process runs.")
def workers(*, names: tuple[str, ...], plain: bool, module: str) -> None:
    """Start this host's workers and watch them; Ctrl-C drains, a second one stops at once.

    A worker that dies is started again, the others go on. WORKER_GROUPS says how many of each group there
    are here.
    """
    app = create_app(redis_seconds=PATIENT_SECONDS)
    settings: Settings = app.extensions["settings"]
    sizes = chosen(settings, names)
    with app.app_context():
        lookout = Lookout(app, db.engine, settings)
        display = Board(lookout) if sys.stdout.isatty() and not plain else Console(tuple(sizes))
        supervisor = Supervisor(
            console=display,
            environment={**os.environ, "PYTHONUNBUFFERED": "1"},
            grace_seconds=settings.shutdown_grace_seconds + KILL_MARGIN_SECONDS,
            record=lambda children: None,
            hurries=True,
            died=partial(report_death, display),
        )
        with display:
            supervisor.run(programs(sizes, module), display.refresh)


def chosen(settings: Settings, names: tuple[str, ...]) -> dict[str, GroupSize]:
    """The groups to start here, and how large. Raises ComplaintError."""
    groups = [*GROUPS, ALL]
    known = ", ".join(groups)
    for name in (*settings.worker_groups, *names):
        if name not in groups:
            raise ComplaintError(f"there is no group of workers called {name}: {known}")
    usual = dict.fromkeys(names, GroupSize(1, USUAL_THREADS))
    wanted = {**usual, **settings.worker_groups}
    sizes = {name: wanted[name] for name in groups if name in (names or settings.worker_groups)}
    if not sizes:
        raise ComplaintError(f"WORKER_GROUPS names no group to start: {known}")
    return sizes


def programs(sizes: dict[str, GroupSize], module: str) -> list[Program]:
    """One for each process."""
    return [
        Program(
            name=group,
            command=(sys.executable, "-m", module, f"--group={group}", f"--threads={size.threads}"),
        )
        for group, size in sizes.items()
        for _ in range(size.processes)
    ]


def report_death(display: Console, child: Child) -> None:
    """Its jobs go on elsewhere at once, not when their leases run out."""
    try:
        with Session(db.engine) as session:
            lost = worker_died(session, host=socket.gethostname(), pid=child.pid)
            session.commit()
    except SQLAlchemyError as error:
        display.line(child.name, f"its jobs go on when their leases have run out: {error}")
        return
    if lost:
        display.line(child.name, f"{lost} jobs were lost with it and go on elsewhere")
