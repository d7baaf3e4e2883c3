"""Jobs that do nothing, for workers that are measured: ours, and Dramatiq as it comes.

`python -m benchmarks.noop_jobs` is a worker of ours, `dramatiq benchmarks.noop_jobs:start_bare`
one of Dramatiq's.
"""

import os

import click
import dramatiq
from dramatiq.brokers.redis import RedisBroker

from setlist.processors.running import JobRun, Processor
from setlist.queue.names import QUEUES
from setlist.worker import boot

QUEUE = "artist_search"
BARE_NAMESPACE = "bare"


def noop(run: JobRun) -> None:
    """Nothing."""


def start_bare() -> None:
    declare_bare(os.environ["REDIS_URL"])


def declare_bare(redis_url: str) -> "dramatiq.Actor[[int], None]":
    """With its own middleware and settings."""
    broker = RedisBroker(url=redis_url, namespace=BARE_NAMESPACE)
    dramatiq.set_broker(broker)
    return dramatiq.actor(broker=broker, queue_name=QUEUE, actor_name=QUEUE)(_bare)


def _bare(job_id: int) -> None:
    """Nothing."""


@click.command()
@click.option("--threads", type=int, default=8)
@click.option("--group", default="all")
def main(threads: int, group: str) -> None:
    boot(map(_noop_of, QUEUES), group=group, threads=threads).run()


def _noop_of(queue: str) -> Processor:
    return Processor(queue, noop)


if __name__ == "__main__":
    main()
