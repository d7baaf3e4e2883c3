"""Enqueues a job, says its id, commits, and ends in the middle of sending: `python -m … QUEUE`."""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from config import Settings
from setlist.queue import outbox
from setlist.queue.enqueue import enqueue

STATUS = 9


class Abyss:
    def send(self, queue: str, job_ids: Sequence[int]) -> NoReturn:
        os._exit(STATUS)

    def lengths(self, queues: Iterable[str]) -> Mapping[str, int]:
        return dict.fromkeys(queues, 0)


def main(queue: str) -> None:
    outbox.connect(Abyss())
    engine = create_engine(str(Settings(_env_file=None).database_url))
    with Session(engine) as session:
        print(enqueue(session, queue, {"steps": 2, "pause": 0.05}).id, flush=True)
        session.commit()


if __name__ == "__main__":
    main(sys.argv[1])
