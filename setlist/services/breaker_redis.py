"""The record of a breaker in Redis."""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

import redis

LOG = logging.getLogger(__name__)
KEY = "setlist:breaker:{name}"
COUNTED = "to "  # fields of the hash that count the changes to a state

LOOK = """
local clock = redis.call('TIME')
return {redis.call('HGET', KEYS[1], 'record') or '', clock[1], clock[2]}
"""
# ARGV: the record that was read, the new one, the state to count or ''. A command that the client sent again
# after its connection broke finds its own record: that is a success.
SWAP = """
local found = redis.call('HGET', KEYS[1], 'record') or ''
if found == ARGV[2] then return 1 end
if found ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'record', ARGV[2])
if ARGV[3] ~= '' then redis.call('HINCRBY', KEYS[1], 'to ' .. ARGV[3], 1) end
return 1
"""

Answer = TypeVar("Answer")


class Sight(NamedTuple):
    raw: str
    now: int
    shared: bool  # seen in Redis; else what this process keeps without it


class Reach:
    """Whether Redis is of use, said once when that changes. The client itself does not wait for it twice."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._failing = False

    def ask(self, question: Callable[[], Answer]) -> Answer | None:
        """None: Redis is away, or full, or read-only."""
        try:
            answer = question()
        except redis.RedisError as error:
            if self._turned(failing=True):
                what = type(error).__name__
                LOG.warning(
                    "breaker %s: Redis is of no use (%s), this process keeps its own", self._name, what
                )
            return None
        if self._failing and self._turned(failing=False):
            LOG.warning("breaker %s: Redis is back, all processes share it again", self._name)
        return answer

    def _turned(self, *, failing: bool) -> bool:
        with self._lock:
            before, self._failing = self._failing, failing
            return before != failing


class RedisRecord:
    """Every method may raise redis.RedisError."""

    def __init__(self, connection: redis.Redis, name: str) -> None:
        self._redis = connection
        self._keys = [KEY.format(name=name)]
        self._look = connection.register_script(LOOK)
        self._swap = connection.register_script(SWAP)

    def look(self) -> Sight:
        raw, seconds, micro = self._look(self._keys)
        return Sight(raw, int(seconds) * 1_000_000 + int(micro), shared=True)

    def swap(self, old: str, new: str, count: str) -> bool:
        return bool(self._swap(self._keys, [old, new, count]))

    def counts(self) -> Mapping[str, int]:
        fields = {str(field): count for field, count in self._redis.hgetall(self._keys[0]).items()}
        counted = {field: count for field, count in fields.items() if field.startswith(COUNTED)}
        return {field.removeprefix(COUNTED): int(count) for field, count in counted.items()}
