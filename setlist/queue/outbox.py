"""What is sent after a commit: the ids of jobs, through the transport that the process was given.

Nothing is sent on a rollback, be it of a savepoint. A transport that fails costs nothing but time: the
row is there, and the dispatcher sends it later.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

log = logging.getLogger(__name__)

_KEY = "setlist.queue.outbox"


class Transport(Protocol):
    """Carries jobs' ids to workers. Both raise ConnectionError where it cannot."""

    def send(self, queue: str, job_ids: Sequence[int]) -> None: ...

    def lengths(self, queues: Iterable[str]) -> Mapping[str, int]: ...


@dataclass
class _Process:
    transport: Transport | None = None
    attempts: int = 5


@dataclass(frozen=True, slots=True)
class _Letter:
    transaction: SessionTransaction | None
    queue: str
    job_id: int


_process = _Process()


def connect(transport: Transport | None, *, attempts: int = 5) -> None:
    """Give this process its transport, and the attempts of queues that do not say. Once, at its start."""
    _process.transport = transport
    _process.attempts = attempts


def default_attempts() -> int:
    return _process.attempts


def send_after_commit(session: Session, queue: str, job_id: int) -> None:
    transaction = session.get_nested_transaction() or session.get_transaction()
    session.info.setdefault(_KEY, []).append(_Letter(transaction, queue, job_id))


@event.listens_for(Session, "after_commit")
def _send(session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint: the transaction around it may still be rolled back
    letters: list[_Letter] = session.info.pop(_KEY, [])
    by_queue: dict[str, list[int]] = {}
    for letter in letters:
        by_queue.setdefault(letter.queue, []).append(letter.job_id)
    for queue, job_ids in by_queue.items():
        if not _sent(queue, job_ids):
            return  # the others would wait for it in vain, too


def _sent(queue: str, job_ids: Sequence[int]) -> bool:
    if _process.transport is None:
        log.warning("no transport in this process: %d jobs wait for the dispatcher", len(job_ids))
        return False
    try:
        _process.transport.send(queue, job_ids)
    except ConnectionError as error:
        log.warning("%d jobs wait for the dispatcher: %s", len(job_ids), error)
        return False
    return True


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, rolled_back: SessionTransaction) -> None:
    letters: list[_Letter] = session.info.get(_KEY, [])
    session.info[_KEY] = [letter for letter in letters if not _is_within(letter.transaction, rolled_back)]


def _is_within(transaction: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while transaction is not None:
        if transaction is outer:
            return True
        transaction = transaction.parent
    return False
