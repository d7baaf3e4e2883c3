"""Worker processes as rows, alive while they beat."""

import os
import secrets
import socket
from dataclasses import dataclass, field

import psutil
from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from setlist.models.queue import Worker


def _new_id() -> str:
    # The token tells apart two processes that had the same pid, in a container nearly always 1.
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerIdentity:
    threads: int
    version: str
    group: str = ""
    id: str = field(default_factory=_new_id)
    host: str = field(default_factory=socket.gethostname)
    pid: int = field(default_factory=os.getpid)


def beat(session: Session, worker: WorkerIdentity) -> None:
    """It is alive. The first beat makes its row, and so does one after the row was cleaned up."""
    statement = insert(Worker).values(
        id=worker.id,
        host=worker.host,
        pid=worker.pid,
        worker_group=worker.group,
        threads=worker.threads,
        version=worker.version,
        memory_bytes=_memory(worker.pid),
    )
    alive = {"heartbeat_at": func.clock_timestamp(), "memory_bytes": statement.excluded.memory_bytes}
    session.execute(statement.on_conflict_do_update(index_elements=[Worker.id], set_=alive))


def _memory(pid: int) -> int | None:
    """Bytes that are resident; None where the system does not tell."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return None


def stopped(session: Session, worker: WorkerIdentity) -> None:
    session.execute(
        update(Worker)
        .where(Worker.id == worker.id)
        .values(stopped_at=func.clock_timestamp())
        .execution_options(synchronize_session=False)
    )
