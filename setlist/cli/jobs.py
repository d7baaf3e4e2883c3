"""`setlist jobs`: lists of jobs, one with its attempts, and what an operator does about it."""

import json
from datetime import UTC, datetime

import click
from sqlalchemy.orm import Session

from setlist.cli.batches import ask, in_batches
from setlist.cli.complaints import ComplaintError
from setlist.cli.database import BY, audit, opened
from setlist.cli.tables import moment, one_line, plain, table
from setlist.models import QueueJob
from setlist.models.queue import JobState, QueueJobAttempt
from setlist.queue import by_hand
from setlist.queue.by_hand import DeadOnes, StandsInTheWay, attempts_of
from setlist.queue.cancel import cancel as cancel_job
from setlist.queue.finding import STATES, Wanted, find_job, find_jobs
from setlist.queue.names import QUEUES
from setlist.queue.stats import CAP

HEADS = ("Job", "Queue", "State", "Attempts", "Due, UTC", "Ended, UTC", "Error")
MOST_ATTEMPTS = 50
LONGEST_ERROR = 80
QUEUE = click.Choice(list(QUEUES))
JOB = click.argument("job_id", metavar="ID", type=click.IntRange(min=1))


@click.group()
def jobs() -> None:
    """Jobs of the queues: find them, read what went wrong, retry, cancel, discard."""


@jobs.command("list")
@click.option("--queue", type=QUEUE, help="Only of this one.")
@click.option("--state", type=click.Choice(STATES), help="Only these; without it, the newest of all.")
@click.option("--words", default="", help="That stand in the error or the arguments.")
@click.option("--limit", type=click.IntRange(1, 1_000), default=50, show_default=True)
def list_jobs(queue: str | None, state: str | None, words: str, limit: int) -> None:
    """Those that match, the newest first; what waits, in the order of its time."""
    with opened() as session:
        wanted = Wanted(queue=queue or "", state=state or "", words=words)
        page = find_jobs(session, wanted, size=limit)
        lines = [_row(job) for job in page.jobs]
    click.echo(table(HEADS, lines) if lines else "There are none.")
    if page.next is not None:
        click.echo("There may be more: choose fewer, or a larger --limit.", err=True)


@jobs.command()
@JOB
def show(job_id: int) -> None:
    """Job ID with its arguments, and each attempt with its error and traceback."""
    with opened() as session:
        job = _found(session, job_id)
        lines = [*_facts(job), "", "Attempts, the newest first:"]
        attempts = attempts_of(session, job_id, limit=MOST_ATTEMPTS)
        for attempt in attempts:
            lines += ["", *_told(attempt)]
    click.echo("\n".join(lines if attempts else [*lines[:-1], "No attempts so far."]))


@jobs.command()
@JOB
def cancel(job_id: int) -> None:
    """Job ID does not run; one that runs stops at its next checkpoint."""
    with opened() as session:
        was = _found(session, job_id).state
        done = cancel_job(session, job_id, reason=f"cancelled by {BY}")
        ending = "it stops at its next checkpoint" if was == JobState.RUNNING else "it will not run"
        _say(session, job_id, "job_cancelled", f"cancelled: {ending}", done=done)


@jobs.command()
@JOB
def retry(job_id: int) -> None:
    """Job ID begins anew, if it is dead, cancelled or discarded."""
    with opened() as session:
        _found(session, job_id)
        try:
            done = by_hand.retry(session, job_id)
        except StandsInTheWay as refusal:
            raise ComplaintError(
                f"job {refusal.job_id} does the same and waits or runs already: wait for it, or cancel it"
            ) from refusal
        _say(session, job_id, "job_retried", "begins anew", done=done)


@jobs.command()
@click.argument("job_id", metavar="[ID]", type=click.IntRange(min=1), required=False)
@click.option("--all", "all_of_them", is_flag=True, help="All dead jobs; asks first.")
@click.option("--queue", type=QUEUE, help="With --all: only of this one.")
@click.option("--words", default="", help="With --all: only with these in their error.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def discard(job_id: int | None, *, all_of_them: bool, queue: str | None, words: str, yes: bool) -> None:
    """Dead job ID was looked at: it leaves the dead ones, and is deleted after its queue's time."""
    if (job_id is None) != all_of_them or ((queue or words) and not all_of_them):
        raise click.UsageError("Give the ID of a job, or --all, which alone takes --queue and --words.")
    with opened() as session:
        if job_id is None:
            _discard_all(
                session, DeadOnes(until=datetime.now(UTC), queue=queue or "", words=words), is_asked=not yes
            )
        else:
            _found(session, job_id)
            done = by_hand.discard(session, job_id)
            _say(session, job_id, "job_discarded", "discarded", done=done)


def _discard_all(session: Session, which: DeadOnes, *, is_asked: bool) -> None:
    if is_asked:
        of_queue = f" of {which.queue}" if which.queue else ""
        ask(session, "Discard", by_hand.count_dead(session, which, cap=CAP), f"dead jobs{of_queue}")
    row = audit(session, "jobs_discarded", which.queue or "all queues", words=which.words)
    in_batches(session, row, lambda: by_hand.discard_batch(session, which), "discarded")


def _say(session: Session, job_id: int, action: str, words: str, *, done: bool) -> None:
    """Twice is no mistake: it says how the job stands."""
    if done:
        audit(session, action, f"job {job_id}")
        session.commit()
    else:
        session.rollback()
        words = f"is {_found(session, job_id).state}, so nothing was done"
    click.echo(f"job {job_id}: {words}")


def _found(session: Session, job_id: int) -> QueueJob:
    job = find_job(session, job_id)
    if job is None:
        raise ComplaintError(f"there is no job {job_id}: `setlist jobs list` shows those there are")
    return job


def _row(job: QueueJob) -> tuple[str, ...]:
    return (
        str(job.id),
        job.queue,
        job.state,
        f"{job.attempts} of {job.max_attempts}",
        moment(job.run_at),
        moment(job.finished_at),
        one_line(job.error or "", LONGEST_ERROR),
    )


def _facts(job: QueueJob) -> list[str]:
    facts = {
        "Job": f"{job.id} of {job.queue}",
        "State": job.state,
        "Attempts": f"{job.attempts} of {job.max_attempts}, {job.crashes} crashes",
        "Made": moment(job.created_at),
        "Due": moment(job.run_at),
        "Started": moment(job.started_at),
        "Ended": moment(job.finished_at),
        "Worker": job.lease_owner or "–",
        "Only one of": job.dedup_key or "–",
        "Arguments": json.dumps(job.args, ensure_ascii=False),
        "Error": job.error or "–",
    }
    return [f"{name + ':':<13}{plain(value)}" for name, value in facts.items()]


def _told(attempt: QueueJobAttempt) -> list[str]:
    outcome = attempt.outcome or "running"
    head = f"{outcome}: {moment(attempt.started_at)} – {moment(attempt.finished_at)} on {attempt.worker}"
    return [head, *(plain(text) for text in (attempt.error, attempt.traceback) if text)]
