"""What an operator does about an import: cancel, try again, go on. Each may be asked for twice.

Trying again is a new import, which goes through everything once more. Going on is the same one, from its
checkpoint: what it has read is not asked for again, and its percentage does not fall.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.models import AuditLog, QueueJob, SyncJob, SyncProgress
from setlist.models.base import LARGEST_ID
from setlist.models.queue import JobState
from setlist.models.sync import SyncKind, SyncState
from setlist.pipeline.start import ACTIVE, IMPORTS, start_import
from setlist.queue.aftermath import settle_imports
from setlist.queue.cancel import cancel
from setlist.queue.enqueue import enqueue

ENDED_BADLY = (SyncState.FAILED, SyncState.CANCELLED)
RESUMABLE = (SyncKind.IMPORT, SyncKind.FOLLOW_UP)
BY_AN_OPERATOR = "cancelled by an operator"


class Action(StrEnum):
    CANCEL = "cancel"
    RETRY = "retry"
    RESUME = "resume"


class UnknownImportError(Exception):
    """No import has that number."""


class WrongStateError(Exception):
    """It is in a state in which that cannot be done; the text says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """`sync` is what goes on or ended: for a retry the new import."""

    sync: SyncJob
    words: str


def steer(session: Session, action: Action, sync_id: int, *, account_id: int | None) -> Done:
    """Does it and writes down who did. Flushes; the caller commits.

    Raises UnknownImportError and WrongStateError, with nothing written.
    """
    sync = _locked(session, sync_id)
    act = {Action.CANCEL: _cancel, Action.RETRY: _retry, Action.RESUME: _resume}[action]
    was = sync.state
    done = act(session, sync)
    session.add(
        AuditLog(
            account_id=account_id,
            action=f"import_{_PAST[action]}",
            target=f"artist {sync.artist_id}",
            details={"import": sync.id, "was": was, "goes_on_as": done.sync.id},
        )
    )
    session.flush()
    return done


def may(sync: SyncJob, *, is_being_cancelled: bool) -> tuple[Action, ...]:
    """What an operator can do about it now."""
    if sync.state in ACTIVE:
        return () if is_being_cancelled else (Action.CANCEL,)
    if sync.state not in ENDED_BADLY:
        return ()
    return (Action.RESUME, Action.RETRY) if sync.kind in RESUMABLE else (Action.RETRY,)


def is_being_cancelled(sync: SyncJob, job_state: str | None) -> bool:
    """Its job was cancelled while it ran; it stops at its next checkpoint."""
    return sync.state in ACTIVE and job_state == JobState.CANCELLED


_PAST = {Action.CANCEL: "cancelled", Action.RETRY: "retried", Action.RESUME: "resumed"}


def _locked(session: Session, sync_id: int) -> SyncJob:
    """Two that act at once take turns, and the second sees what the first did."""
    if not 0 < sync_id <= LARGEST_ID:
        raise UnknownImportError(f"There is no import {sync_id}.")
    sync = session.scalar(
        select(SyncJob)
        .where(SyncJob.id == sync_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if sync is None:
        raise UnknownImportError(f"There is no import {sync_id}.")
    return sync


def _cancel(session: Session, sync: SyncJob) -> Done:
    name = sync.artist.name
    if sync.state == SyncState.CANCELLED:
        return Done(sync=sync, words=f"The import of {name} is cancelled already.")
    if sync.state not in ACTIVE:
        raise WrongStateError(f"This import is {sync.state}, so there is nothing to cancel.")
    if sync.queue_job_id is not None:
        cancel(session, sync.queue_job_id, reason=BY_AN_OPERATOR)
        settle_imports(session)
        session.refresh(sync)
    if sync.state in ACTIVE:
        return Done(
            sync=sync, words=f"The import of {name} is being cancelled: it stops at its next checkpoint."
        )
    return Done(sync=sync, words=f"The import of {name} is cancelled.")


def _retry(session: Session, sync: SyncJob) -> Done:
    """Where an import of the artist is active already, that is the one."""
    if sync.state not in ENDED_BADLY:
        raise WrongStateError("This import did not fail, so there is nothing to try again.")
    return Done(sync=start_import(session, sync.artist), words=f"{sync.artist.name} is being imported again.")


def _resume(session: Session, sync: SyncJob) -> Done:
    name = sync.artist.name
    if sync.kind not in RESUMABLE:
        raise WrongStateError("This is a sync of one provider: ask for it anew.")
    if sync.state in ACTIVE:
        if _job_state(session, sync) == JobState.CANCELLED:
            raise WrongStateError("This import is still being cancelled. Resume it once it has stopped.")
        return Done(sync=sync, words=f"The import of {name} goes on already.")
    if sync.state not in ENDED_BADLY:
        raise WrongStateError("This import is done, so there is nothing to go on with.")
    _enqueue_again(session, sync)
    sync.state, sync.error, sync.finished_at = SyncState.QUEUED.value, None, None
    sync.left_seconds = sync.left_at = None
    session.add(
        SyncProgress(
            sync_job_id=sync.id, state=sync.state, phase=sync.phase, percent=sync.percent, counts=sync.counts
        )
    )
    session.flush()
    return Done(sync=sync, words=f"The import of {name} goes on at {sync.percent:.0f} %.")


def _enqueue_again(session: Session, sync: SyncJob) -> None:
    """A new job of the same import. Raises WrongStateError where another import of the artist is active."""
    key = f"artist_import:{sync.artist_id}" if sync.kind == SyncKind.IMPORT else f"follow_up:{sync.id}"
    job = enqueue(session, IMPORTS, {"sync_id": sync.id}, dedup_key=key)
    if job.args["sync_id"] != sync.id:
        raise WrongStateError(
            f"Another import of {sync.artist.name} is active: import {job.args['sync_id']}."
        )
    sync.queue_job_id = job.id


def _job_state(session: Session, sync: SyncJob) -> str | None:
    return session.scalar(select(QueueJob.state).where(QueueJob.id == sync.queue_job_id))
