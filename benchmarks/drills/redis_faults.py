"""Redis restarted, emptied and frozen: it carries the jobs' ids, and nothing that would be missed."""

import time
from datetime import timedelta

import redis
from sqlalchemy.orm import Session

from benchmarks.drills.load import QUEUES, SHORT_JOB
from benchmarks.drills.scene import Scene, now
from benchmarks.drills.trial import Trial, under_load
from benchmarks.drills.verdict import Outcome
from benchmarks.drills.workers import freeze
from setlist.queue.enqueue import enqueue

AWAY_SECONDS = 5.0
FROZEN_SECONDS = 60.0
BURST = 90  # jobs, more than can be run at once
DELAYED = 12  # jobs, due from the beginning of the outage until after its end


def redis_restart(scene: Scene) -> Outcome:
    """Down for seconds, with delayed jobs due before, during and after."""
    with under_load(scene) as trial:
        trial.long_jobs()
        _delayed_jobs(trial)
        scene.stop_redis()
        time.sleep(AWAY_SECONDS)
        scene.redis.start()
        trial.mark_waiting()
    return trial.outcome()


def redis_flushed(scene: Scene) -> Outcome:
    """FLUSHALL, twice, with jobs waiting in it."""
    with under_load(scene) as trial:
        trial.long_jobs()
        for _ in range(2):
            for number in range(BURST):
                trial.load.give(QUEUES[number % len(QUEUES)], **SHORT_JOB)
            with redis.Redis.from_url(scene.redis.url) as client:
                client.flushall()
            trial.mark_waiting()
            time.sleep(1)
    return trial.outcome()


def redis_frozen(scene: Scene) -> Outcome:
    """SIGSTOP for a minute: connections stay open and nothing is answered."""
    with under_load(scene, per_second=2) as trial:
        trial.long_jobs()
        freeze([scene.redis_pid], FROZEN_SECONDS)
        trial.mark_waiting()
    return trial.outcome()


def _delayed_jobs(trial: Trial) -> None:
    """Due one after the other: some while Redis is away, some later."""
    for number in range(DELAYED):
        due = now() + timedelta(seconds=number * AWAY_SECONDS / 6)
        with Session(trial.scene.engine) as session:
            queue = QUEUES[number % len(QUEUES)]
            job_id = enqueue(session, queue, {"steps": 2, "pause": 0.05}, run_at=due).id
            session.commit()
        trial.load.acknowledged.append(job_id)
