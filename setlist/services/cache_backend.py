"""dogpile's Redis backend, made to survive Redis: what it cannot do is a miss, and nobody waits for long."""

import json
import logging
import threading
import zlib
from typing import Any

import redis
from dogpile.cache.api import NO_VALUE, CacheMutex, CantDeserializeException
from dogpile.cache.proxy import ProxyBackend
from redis.exceptions import LockError

log = logging.getLogger(__name__)

LOCK = "setlist:cache-lock:{key}"
LOCK_SLEEP = 0.03  # seconds between two looks at somebody else's lock
COMPRESSED_FROM = 4_096  # bytes
PLAIN, ZLIB = b"j", b"z"


def dumps(value: Any) -> bytes:
    """JSON alone, behind a letter that says whether it is compressed. Never pickle, which runs code."""
    plain = json.dumps(value, separators=(",", ":")).encode()
    return ZLIB + zlib.compress(plain, 1) if len(plain) >= COMPRESSED_FROM else PLAIN + plain


def loads(kept: bytes) -> Any:
    """Anything else than what dumps() made counts as not there."""
    letter, body = kept[:1], kept[1:]
    try:
        if letter == ZLIB:
            body = zlib.decompress(body)
        elif letter != PLAIN:
            raise CantDeserializeException
        return json.loads(body)
    except (ValueError, zlib.error) as error:
        raise CantDeserializeException from error


class Surviving(ProxyBackend):
    """Of one namespace. While Redis is away nothing is found and nothing is kept."""

    def __init__(self, connection: redis.Redis, *, life: int, longest_wait: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._redis = connection
        self._life = life  # seconds until Redis forgets an entry
        self._longest_wait = longest_wait

    def get_serialized(self, key: str) -> Any:
        try:
            kept = self.proxied.get_serialized(key)
        except redis.RedisError as error:
            log.debug("not looked up, Redis is away: %s", error)
            return NO_VALUE
        return kept if kept is not NO_VALUE and _is_ours(kept) else NO_VALUE

    def set_serialized(self, key: str, value: bytes) -> None:
        try:
            self._redis.set(key, value, ex=self._life)  # dogpile's own SETEX is deprecated
        except redis.RedisError as error:
            log.debug("not kept, Redis is away: %s", error)

    def delete(self, key: str) -> None:
        try:
            self.proxied.delete(key)
        except redis.RedisError as error:
            log.debug("not deleted, Redis is away: %s", error)

    def get_mutex(self, key: str) -> CacheMutex:
        return Mutex(self._redis, key, self._longest_wait)


def _is_ours(kept: bytes) -> bool:
    """Whether dogpile's metadata stands before the value: it trips over anything else."""
    try:
        return isinstance(json.loads(kept.partition(b"|")[0])["ct"], float)
    except (ValueError, TypeError, KeyError):
        return False


class Mutex(CacheMutex):
    """One creator of a key over all processes; while Redis is away, one in this process.

    Whoever has waited for long enough goes on without it: the holder may be dead.
    """

    def __init__(self, connection: redis.Redis, key: str, longest_wait: float) -> None:
        self._longest_wait = longest_wait
        self._key = key
        self._shared = connection.lock(
            LOCK.format(key=key),
            timeout=longest_wait,
            sleep=LOCK_SLEEP,
            blocking_timeout=longest_wait,
            thread_local=False,
        )
        self._own: threading.Lock | None = None
        self._is_shared = False

    def acquire(self, wait: bool = True) -> bool:  # noqa: FBT001, FBT002 - dogpile's signature
        try:
            self._is_shared = bool(self._shared.acquire(blocking=wait))
        except redis.RedisError as error:
            log.debug("a lock of this process, Redis is away: %s", error)
            return self._acquire_own(wait=wait)
        return self._is_shared

    def release(self) -> None:
        if self._own is not None:
            self._own.release()
            self._own = None
        if self._is_shared:
            self._is_shared = False
            try:
                self._shared.release()
            except (LockError, redis.RedisError) as error:
                log.debug("the lock had run out, or Redis is away: %s", error)

    def locked(self) -> bool:
        return self._is_shared or self._own is not None

    def _acquire_own(self, *, wait: bool) -> bool:
        own = _own_locks[hash(self._key) % len(_own_locks)]
        if not own.acquire(timeout=self._longest_wait if wait else 0.0):
            return False
        self._own = own
        return True


# By hash, so that there need be no end of them: two keys that share one wait for each other now and then.
_own_locks = [threading.Lock() for _ in range(256)]
