"""Asking a part whether it answers, without waiting for one that does not."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class Probe(Generic[T]):
    """One question at a time, in a thread of its own.

    While one hangs, whoever asks waits for that same answer, and no further thread is started. The threads
    are daemons: a hanging one does not keep the process from stopping.
    """

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._running: Future[T] | None = None

    def start(self) -> Future[T]:
        with self._lock:
            if self._running is None or self._running.done():
                self._running = Future()
                threading.Thread(target=self._run, args=(self._running,), name="probe", daemon=True).start()
            return self._running

    def _run(self, answer: Future[T]) -> None:
        try:
            result = self._ask()
        except Exception as error:  # it is raised to whoever reads the answer
            answer.set_exception(error)
        else:
            answer.set_result(result)
