"""The workers that are, and lately were, with what each of them has in hand."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from setlist.models.queue import QueueJob, Worker
from setlist.models.sync import SyncJob
from setlist.queue.groups import ALL, GROUPS
from setlist.queue.states import IS_RUNNING

SHOWN_FOR = timedelta(hours=1)  # gone ones are still worth seeing for a while


class WorkerState(StrEnum):
    OK = "ok"
    SILENT = "silent"  # its leases run out; the reaper gives its jobs to others
    STOPPED = "stopped"


@dataclass(frozen=True, kw_only=True)
class InHand:
    """A job that runs, with its import or sync if it is one's."""

    job: QueueJob
    sync: SyncJob | None
    for_seconds: float


@dataclass(frozen=True, kw_only=True)
class WorkerLine:
    worker: Worker
    state: WorkerState
    silent_seconds: float
    up_seconds: float
    jobs: Sequence[InHand]


@dataclass(frozen=True, kw_only=True, slots=True)
class Crew:
    """The living workers of a group: how many jobs they could run at once, and how many they do."""

    alive: int = 0
    threads: int = 0
    busy: int = 0


def workers(session: Session, now: datetime, alive_seconds: float) -> list[WorkerLine]:
    """By group, in the order in which groups are started; the living first."""
    statement = select(Worker).where(Worker.heartbeat_at > now - SHOWN_FOR)
    in_hand = _in_hand(session, now)
    lines = [_line(worker, now, alive_seconds, in_hand) for worker in session.scalars(statement)]
    groups, states = list(GROUPS), list(WorkerState)
    return sorted(
        lines,
        key=lambda line: (
            line.worker.worker_group not in groups,
            groups.index(line.worker.worker_group) if line.worker.worker_group in groups else 0,
            states.index(line.state),
            line.worker.host,
            line.worker.started_at,
        ),
    )


def crews(lines: Sequence[WorkerLine]) -> dict[str, Crew]:
    """By group; those without a worker too, since that is what to look for. One for all is of each."""
    found: dict[str, Crew] = dict.fromkeys(GROUPS, Crew())
    for line in lines:
        if line.state is WorkerState.OK:
            group = line.worker.worker_group
            for name in GROUPS if group == ALL else (group,):
                before = found.get(name, Crew())
                found[name] = Crew(
                    alive=before.alive + 1,
                    threads=before.threads + line.worker.threads,
                    busy=before.busy + len(line.jobs),
                )
    return found


def _line(
    worker: Worker, now: datetime, alive_seconds: float, in_hand: Mapping[str, Sequence[InHand]]
) -> WorkerLine:
    silent = (now - worker.heartbeat_at).total_seconds()
    alive = WorkerState.OK if silent <= alive_seconds else WorkerState.SILENT
    return WorkerLine(
        worker=worker,
        state=WorkerState.STOPPED if worker.stopped_at else alive,
        silent_seconds=silent,
        up_seconds=((worker.stopped_at or now) - worker.started_at).total_seconds(),
        jobs=in_hand.get(worker.id, ()),
    )


def _in_hand(session: Session, now: datetime) -> Mapping[str, Sequence[InHand]]:
    """By worker. As many rows as there are threads."""
    statement = (
        select(QueueJob, SyncJob)
        .outerjoin(SyncJob, SyncJob.queue_job_id == QueueJob.id)
        .options(joinedload(SyncJob.artist))
        .where(IS_RUNNING)
        .order_by(QueueJob.started_at)
    )
    found: defaultdict[str, list[InHand]] = defaultdict(list)
    for job, sync in session.execute(statement):
        began = job.started_at or now
        found[job.lease_owner or ""].append(
            InHand(job=job, sync=sync, for_seconds=(now - began).total_seconds())
        )
    return found
