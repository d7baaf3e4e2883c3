"""Calls that several threads ask for at once, made once for all of them.

The thread that comes first makes the call. If it is interrupted (a worker shuts down), one of those that
wait makes it instead; and nobody waits for another thread for longer than `patience`.
"""

import copy
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from types import FunctionType
from typing import Generic, NoReturn, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

PATIENCE_SECONDS = 60.0  # more than a call may take

Fetch = Callable[[Sequence[K]], Mapping[K, T]]


class SingleFlight(Generic[K, T]):
    """Equal questions asked at once become one."""

    def __init__(self, *, patience: float = PATIENCE_SECONDS) -> None:
        self._changed = threading.Condition()
        self._patience = patience
        self._flights: dict[K, _Work[T]] = {}

    def ask(self, key: K, call: Callable[[], T]) -> T:
        """What `call` returns or raises, in this thread or in one that asked before."""
        flight = self._flight(key)
        try:
            return flight.result(call)
        finally:
            with self._changed:
                flight.seats -= 1
                if flight.is_over and self._flights.get(key) is flight:
                    del self._flights[key]

    def _flight(self, key: K) -> "_Work[T]":
        with self._changed:
            flight = self._flights.get(key)
            if flight is None or flight.is_over:
                flight = self._flights[key] = _Work(self._changed, self._patience)
            flight.seats += 1
            return flight


class Gatherer(Generic[K, T]):
    """Ids that are asked for at once travel together, `most` in a call; equal ones become one.

    A batch leaves when it is full, or `wait` seconds after its first id. While one is under way the next
    goes on gathering, so that batches grow with the load.
    """

    def __init__(self, most: int, *, wait: float = 0.02, patience: float = PATIENCE_SECONDS) -> None:
        self._most = most
        self._wait = wait
        self._patience = patience
        self._changed = threading.Condition()
        self._batches: list[_Batch[K, T]] = []  # gathering or under way

    def load(self, id: K, fetch: Fetch[K, T]) -> T | None:
        return self.load_many([id], fetch).get(id)

    def load_many(self, ids: Iterable[K], fetch: Fetch[K, T]) -> dict[K, T]:
        """What was found of these ids. `fetch` is that of whoever leads the batch, and it must not ask this
        gatherer itself; what it raises is raised to all whose ids were in it.
        """
        wanted = list(dict.fromkeys(ids))
        batches = self._take_seats(wanted)
        found: dict[K, T] = {}
        try:
            for batch in batches:
                found.update(batch.result(lambda leaving=batch: self._make(leaving, fetch)))  # type: ignore[misc]
        finally:
            self._leave(batches)
        return {id: found[id] for id in wanted if id in found}

    def _take_seats(self, ids: list[K]) -> "list[_Batch[K, T]]":
        """A batch for each id: the one that has it, else the one that is gathering, else a new one."""
        taken: list[_Batch[K, T]] = []
        with self._changed:
            for id in ids:
                batch = self._with(id) or self._gathering()
                batch.ids[id] = None
                batch.closed = batch.closed or len(batch.ids) >= self._most
                if batch not in taken:
                    batch.seats += 1
                    taken.append(batch)
            self._changed.notify_all()
        return taken

    def _with(self, id: K) -> "_Batch[K, T] | None":
        return next((batch for batch in self._batches if id in batch.ids and not batch.is_over), None)

    def _gathering(self) -> "_Batch[K, T]":
        for batch in self._batches:
            if not batch.closed and not batch.is_over:
                return batch
        self._batches.append(_Batch(self._changed, self._patience))
        return self._batches[-1]

    def _make(self, batch: "_Batch[K, T]", fetch: Fetch[K, T]) -> Mapping[K, T]:
        with self._changed:
            while not batch.closed and (left := self._seconds_left(batch)) > 0:
                self._changed.wait(left)
            batch.closed = True
        return fetch(tuple(batch.ids))

    def _seconds_left(self, batch: "_Batch[K, T]") -> float:
        others = (other for other in self._batches if other is not batch)
        waits_for_another = any(other.closed and other.is_led and not other.is_over for other in others)
        seconds = self._patience if waits_for_another else self._wait
        return batch.opened + seconds - time.monotonic()

    def _leave(self, batches: "list[_Batch[K, T]]") -> None:
        with self._changed:
            for batch in batches:
                batch.seats -= 1
            self._batches = [batch for batch in self._batches if batch.seats > 0 and not batch.is_over]
            self._changed.notify_all()


class _Work(Generic[T]):
    """What one thread does for all that have a seat in it."""

    def __init__(self, changed: threading.Condition, patience: float) -> None:
        self._changed = changed
        self._patience = patience
        self._leader: object | None = None
        self._outcome: Callable[[], T] | None = None
        self.seats = 0

    @property
    def is_over(self) -> bool:
        return self._outcome is not None or self.seats == 0

    @property
    def is_led(self) -> bool:
        return self._leader is not None

    def result(self, do: Callable[[], T]) -> T:
        me = object()
        try:
            return self._lead(do) if (outcome := self._wait(me)) is None else outcome()
        finally:
            self._step_down(me)

    def _wait(self, me: object) -> Callable[[], T] | None:
        """How it ended; None: it is on us now, since nobody leads it, or one who takes too long."""
        with self._changed:
            self._changed.wait_for(lambda: self._outcome or not self.is_led, self._patience)
            if self._outcome is None:
                self._leader = me
            return self._outcome

    def _lead(self, do: Callable[[], T]) -> T:
        try:
            value = do()
        except Exception as error:
            self._outcome = _failure(error)
            raise
        self._outcome = lambda: value
        return value

    def _step_down(self, me: object) -> None:
        with self._changed:
            if self._leader is me:
                self._leader = None
            self._changed.notify_all()


class _Batch(_Work[Mapping[K, T]]):
    def __init__(self, changed: threading.Condition, patience: float) -> None:
        super().__init__(changed, patience)
        self.ids: dict[K, None] = {}
        self.closed = False
        self.opened = time.monotonic()


def _failure(error: Exception) -> Callable[[], NoReturn]:
    """Raises it again: a copy each time, since every raise lengthens the traceback of what is raised."""
    trace = error.__traceback__

    def again() -> NoReturn:
        raise _twin(error).with_traceback(trace) from error.__cause__

    return again


def _twin(error: Exception) -> Exception:
    """A copy, without a constructor of its own being run again on what it made of its arguments."""
    kind = type(error)
    if not isinstance(kind.__init__, FunctionType):
        return copy.copy(error)
    twin = kind.__new__(kind, *error.args)
    twin.__dict__.update(error.__dict__)
    return twin
