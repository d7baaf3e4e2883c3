"""Requests over kept-alive raw sockets from a process of their own, too light to be measured themselves."""

import multiprocessing
import re
import selectors
import socket
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(kw_only=True)
class Result:
    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)  # seconds, from when each was due
    largest: int = 0  # bytes of a body

    @property
    def per_second(self) -> float:
        return sum(self.statuses.values()) / self.seconds


@dataclass(kw_only=True)
class _Line:
    connection: socket.socket
    due: float = 0.0
    received: bytes = b""


def hammer(
    port: int, requests: Sequence[bytes], *, connections: int, seconds: float, rate: float | None = None
) -> Result:
    """As many at once as there are connections, or `rate` a second, however slow the answers are."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_hammer, (port, requests, connections, seconds, rate))


def _hammer(
    port: int, requests: Sequence[bytes], connections: int, seconds: float, rate: float | None
) -> Result:
    result, following = Result(), cycle(requests)
    waiting = selectors.DefaultSelector()
    idle = deque(_Line(connection=socket.create_connection(("127.0.0.1", port))) for _ in range(connections))
    for line in idle:
        waiting.register(line.connection, selectors.EVENT_READ, line)
    began = due = time.perf_counter()
    while (now := time.perf_counter()) < began + seconds:
        while idle and (rate is None or due <= now):
            line = idle.popleft()
            line.due, line.received = (now if rate is None else due), b""
            line.connection.sendall(next(following))
            due += 1 / rate if rate else 0
        for key, _ in waiting.select(0.001 if rate else 1):
            if _is_whole(key.data, result):
                idle.append(key.data)
    result.seconds = time.perf_counter() - began
    return result


def _is_whole(line: _Line, result: Result) -> bool:
    line.received += line.connection.recv(65536)
    head, end, body = line.received.partition(b"\r\n\r\n")
    found = LENGTH.search(head)
    if not end or found is None or len(body) < int(found[1]):
        return False
    result.latencies.append(time.perf_counter() - line.due)
    result.statuses[int(head[9:12])] += 1
    result.largest = max(result.largest, len(body))
    return True
