"""One round of a drill: workers at work, jobs coming in, a fault, and the wait until all is over."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from benchmarks.drills.load import QUEUES, Load
from benchmarks.drills.scene import Scene, now
from benchmarks.drills.verdict import Outcome, active, judge, recoveries, slow
from benchmarks.drills.workers import Program, Workers, clock, workers
from benchmarks.processes import wait

PER_SECOND = 4.0
CALM_SECONDS = 1.5  # of load before and after the fault
LONGEST_SECONDS = 120.0  # until every job is over; what is not is lost
# Long enough to be running when something happens, each step with an open transaction and a shared lock.
LONG_JOB = {"steps": 40, "pause": 0.1, "holds": 0.03}

_RUNNING = "SELECT id, lease_owner FROM queue_jobs WHERE state = 'running' AND id = ANY(:ids)"
_WAITING = """
SELECT id, greatest(run_at, :since) FROM queue_jobs
WHERE state IN ('queued', 'retrying') AND id = ANY(:ids)
"""


@dataclass(kw_only=True)
class Trial:
    """`hit`: the jobs that the fault touched, and since when they could go on."""

    scene: Scene
    load: Load
    running_programs: ExitStack
    clock: Program
    workers: Workers
    hit: dict[int, datetime] = field(default_factory=dict)
    poison: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def more_workers(self) -> Workers:
        """Ready, and ended with the trial."""
        return self.running_programs.enter_context(workers(self.scene))

    def long_jobs(self, *, each: int = 1, **args: object) -> list[int]:
        """Some on each group's queue; returns when they all run."""
        jobs = [self.load.give(queue, **(LONG_JOB | args)) for queue in QUEUES for _ in range(each)]
        wait("the long jobs run", lambda: set(jobs) <= set(self.running()), seconds=30)
        return jobs

    def running(self, pids: Iterable[int] | None = None) -> list[int]:
        """The jobs in the hands of these worker processes, or of any."""
        found = self.scene.rows(_RUNNING, ids=self.load.acknowledged)
        wanted = None if pids is None else {str(pid) for pid in pids}
        return [job for job, owner in found if wanted is None or owner.rsplit(":", 2)[1] in wanted]

    def mark(self, jobs: Iterable[int], since: datetime | None = None) -> None:
        self.hit |= dict.fromkeys(jobs, since or now())

    def mark_waiting(self) -> None:
        """Those that wait now, from now or from when they are due."""
        for job, since in self.scene.rows(_WAITING, ids=self.load.acknowledged, since=now()):
            self.hit[job] = since

    def expect(self, what: str, *, holds: bool) -> None:
        if not holds:
            self.complaints.append(f"not so: {what}")

    def until_recovered(self) -> None:
        """Load comes in meanwhile. What takes too long is told by the figures."""
        with suppress(TimeoutError):
            wait("all that were hit go on", self._has_recovered, seconds=LONGEST_SECONDS, every=0.2)

    def _has_recovered(self) -> bool:
        with suppress(SQLAlchemyError):
            return None not in recoveries(self.scene.engine, self.hit)
        return False

    def until_over(self) -> None:
        def is_over() -> bool:
            with suppress(SQLAlchemyError):
                return active(self.scene.engine, [*self.load.acknowledged, *self.load.unsure]) == 0
            return False

        try:
            wait("every job is over", is_over, seconds=LONGEST_SECONDS, every=0.1)
        except TimeoutError as error:
            self.complaints.append(str(error))

    def outcome(self) -> Outcome:
        load = self.load
        read = judge(
            self.scene.engine,
            acknowledged=load.acknowledged,
            unsure=load.unsure,
            poison=self.poison,
            hit=self.hit,
        )
        if load.refusals:
            self.notes.append(f"{len(load.refusals)} enqueues refused")
        self.notes += slow(self.scene.engine, self.hit)
        read["complaints"] = (*self.complaints, *read["complaints"])
        return Outcome(**read, notes=tuple(self.notes))


@contextmanager
def under_load(
    scene: Scene,
    *,
    per_second: float = PER_SECOND,
    on_acknowledged: Callable[[str, int], None] | None = None,
    within: Sequence[str] = (),
) -> Iterator[Trial]:
    """The fault is the body's; afterwards there is more load for a moment, and the wait until all is over.

    `within`: a command that runs workers and clock elsewhere.
    """
    empty(scene)
    load = Load(engine=scene.engine, per_second=per_second, on_acknowledged=on_acknowledged)
    with ExitStack() as running:
        trial = Trial(
            scene=scene,
            load=load,
            running_programs=running,
            clock=running.enter_context(clock(scene, within=within)),
            workers=running.enter_context(workers(scene, within=within)),
        )
        load.start()
        try:
            time.sleep(CALM_SECONDS)
            yield trial
            trial.until_recovered()
            time.sleep(CALM_SECONDS)
        finally:
            load.stop()
        trial.until_over()


def empty(scene: Scene) -> None:
    with scene.engine.begin() as connection:
        connection.execute(text("TRUNCATE queue_jobs, drill_effects, sync_jobs CASCADE"))
