"""Starts programs, shows what they say, starts them again when they die, and ends all of them.

One thread and one loop: the kernel ends a child with the thread that started it, and only the main
thread lives as long as we do.
"""

import contextlib
import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import FrameType

from setlist.cli.child import Child
from setlist.cli.console import Console
from setlist.cli.procfile import Program

TICK_SECONDS = 0.1
FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 15.0
HURRY_SECONDS = 4.0  # for those that leave things in order
HEALTHY_SECONDS = 10.0  # alive for so long, earlier deaths are forgotten
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Charge:
    """A program in our charge, and how it fares."""

    program: Program
    child: Child | None = None
    deaths: int = 0  # in a row
    again_at: float | None = None  # when it is started again

    @property
    def delay(self) -> float:
        return min(FIRST_DELAY_SECONDS * 2.0 ** (self.deaths - 1), LONGEST_DELAY_SECONDS)


@dataclass(kw_only=True)
class Supervisor:
    console: Console
    environment: Mapping[str, str]
    grace_seconds: float
    # Told of every change, so that the next start finds what a killed run left behind.
    record: Callable[[list[Child]], None]
    died: Callable[[Child], None] = lambda child: None  # told of each that ended though nobody asked it to
    hurries: bool = False  # the programs know SIGQUIT: end at once, but leave things in order
    _charges: list[Charge] = field(default_factory=list)
    _heard: int = 0  # signals that were not acted upon yet
    _stops: int = 0
    _kill_at: float | None = None

    def deaths(self, name: str) -> int:
        """How often in a row this program died."""
        return sum(charge.deaths for charge in self._charges if charge.program.name == name)

    def stop(self) -> None:
        """Once: everything ends in its own time, up to the grace. Twice: at once. Again: killed."""
        self._stops += 1
        now = time.monotonic()
        if self._stops == 1:
            self._ask(signal.SIGTERM, kill_at=now + self.grace_seconds)
        elif self._stops == 2 and self.hurries:
            self._ask(signal.SIGQUIT, kill_at=now + HURRY_SECONDS)
        else:
            self._kill_at = now

    def _ask(self, by: signal.Signals, *, kill_at: float) -> None:
        self._kill_at = kill_at
        for child in self._children:
            child.ask_to_end(by)

    def run(self, programs: Iterable[Program], tick: Callable[[], None]) -> None:
        """Until stop() is called, by a signal or by `tick`, and everything has ended.

        From here on a signal interrupts nothing: not even a program that is just being started is missed.
        """
        with selectors.DefaultSelector() as selector, _waking(self._on_signal) as alarm:
            selector.register(alarm, selectors.EVENT_READ)
            self._charges = [Charge(program) for program in programs]
            try:
                for charge in self._charges:
                    self._launch(charge)
                while self._children or not self._stops:
                    self._round(selector, alarm, tick)
            finally:
                self.end_all()

    def end_all(self) -> None:
        """Kill what is left; the way out when something went wrong."""
        for child in self._children:
            child.kill()
        for charge in self._charges:
            self._reap(charge)

    @property
    def _children(self) -> list[Child]:
        return [charge.child for charge in self._charges if charge.child is not None]

    def _round(
        self, selector: selectors.BaseSelector, alarm: socket.socket, tick: Callable[[], None]
    ) -> None:
        watched = {key.fd for key in selector.get_map().values()} - {alarm.fileno()}
        open_now = {child.output for child in self._children if child.output is not None}
        for gone in watched - open_now:
            selector.unregister(gone)
        for new in open_now - watched:
            selector.register(new, selectors.EVENT_READ)
        selector.select(TICK_SECONDS)
        _drain(alarm)
        self._heed_signals()
        for charge in self._charges:
            self._attend(charge)
        if self.console.gone and not self._stops:
            self.stop()
        if not self._stops:
            tick()

    def _heed_signals(self) -> None:
        while self._heard:
            self._heard -= 1
            if not self._stops:
                self.console.say("\nStopping; again to stop at once.")
            self.stop()

    def _attend(self, charge: Charge) -> None:
        now = time.monotonic()
        if charge.child is not None:
            for line in charge.child.lines():
                self.console.line(charge.program.name, line)
            if self._kill_at is not None and now >= self._kill_at:
                charge.child.kill()
            if charge.child.ended:
                self._bury(charge)
        elif charge.again_at is not None and now >= charge.again_at and not self._stops:
            self._launch(charge)

    def _launch(self, charge: Charge) -> None:
        charge.again_at = None
        charge.child = Child(charge.program, self.environment)
        self.record(self._children)

    def _bury(self, charge: Charge) -> None:
        """A child ended: of itself, killed from outside, or because we asked."""
        child = charge.child
        self._reap(charge)
        if self._stops or child is None:
            return
        self.died(child)
        charge.deaths = 1 if child.age > HEALTHY_SECONDS else charge.deaths + 1
        charge.again_at = time.monotonic() + charge.delay
        self.console.line(
            charge.program.name, f"ended ({child.verdict}), starts again in {charge.delay:.1f} s"
        )

    def _reap(self, charge: Charge) -> None:
        if charge.child is None:
            return
        for line in charge.child.close():
            self.console.line(charge.program.name, line)
        charge.child = None
        self.record(self._children)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._heard += 1  # no more than this: it may come while a program is just being started


@contextlib.contextmanager
def _waking(on_stop: Callable[[int, FrameType | None], None]) -> Iterator[socket.socket]:
    """Signals wake the loop: through this socket, since Python takes up a wait that was interrupted."""
    reader, writer = socket.socketpair()
    for end in (reader, writer):
        end.settimeout(0)  # never waits
    earlier = {number: signal.signal(number, on_stop) for number in STOPPING}
    earlier[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda number, frame: None)
    wakeup = signal.set_wakeup_fd(writer.fileno())
    try:
        yield reader
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in earlier.items():
            signal.signal(number, handler)
        reader.close()
        writer.close()


def _drain(alarm: socket.socket) -> None:
    with contextlib.suppress(BlockingIOError):
        while alarm.recv(4096):
            pass
