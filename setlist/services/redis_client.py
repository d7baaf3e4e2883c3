"""The one way to reach Redis: pooled, encrypted where the address says so, and never waited for long.

What each use does while Redis is away, full, read-only or not configured:

| use | without Redis |
|---|---|
| cache of pages | computes |
| limits on visitors | are counted in the process |
| messages of jobs | the dispatcher sends them later: the rows are there |
| wake-ups of event streams | are dropped |
| event streams | read the tables every 1.5 s |
| budgets of providers | read their rows |
| health | says degraded |

All clients of a link share its breaker: whoever waits in vain is the last one to wait until the next trial.
"""

import socket
import ssl
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

import redis
from redis.backoff import FullJitterBackoff
from redis.connection import AbstractConnection, Connection, SSLConnection, UnixDomainSocketConnection
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry
from redis.utils import SENTINEL

from setlist.services.redis_breaker import RedisBreaker, is_absence

T = TypeVar("T")

PATIENT_SECONDS = 2.0  # of programs that nobody waits for
MOST_CONNECTIONS = 128  # more than threads and event streams need: none of them waits for another's
LONGEST_PAUSE = 0.02  # before the one more try
SHORTEST_WAIT = 0.01  # for a step that begins when the time is nearly up: its answer may be there already


class RedisLink:
    """Clients and pools for one address in one process.

    A command takes `seconds` at most, with connecting, TLS, sign-in and its one more try. That try is for a
    connection which broke, perhaps while it was idle; a Redis that hangs is not waited for twice.
    Every failure is a `redis.RedisError`: callers catch that where they know what to do without Redis.
    """

    def __init__(self, url: str, *, seconds: float, breaker: RedisBreaker | None = None) -> None:
        self.breaker = breaker or RedisBreaker()
        self._texts = _pool(url, seconds, self.breaker, texts=True)
        self._bytes = _pool(url, seconds, self.breaker, texts=False)

    def pool(self, *, texts: bool = True) -> redis.ConnectionPool:
        """For a library that makes its own client. Nothing is connected before the first command."""
        return self._texts if texts else self._bytes

    def client(self, *, texts: bool = True) -> redis.Redis:
        """Answers are texts, or bytes for those that decode by themselves. Closing it leaves the pool."""
        return redis.Redis(connection_pool=self.pool(texts=texts))

    def close(self) -> None:
        self._texts.close()
        self._bytes.close()


def connect(url: str, *, seconds: float = PATIENT_SECONDS) -> redis.Redis:
    """A client with a link of its own, for redis://, rediss:// or unix://: for a command that looks."""
    return redis.Redis.from_pool(RedisLink(url, seconds=seconds).pool())


class _OneMoreTry(Retry):
    """Where redis-py tells every failure that it does not repeat, of a command as of a connection."""

    def __init__(self, breaker: RedisBreaker) -> None:
        pause = FullJitterBackoff(cap=LONGEST_PAUSE, base=LONGEST_PAUSE)
        super().__init__(pause, retries=1, supported_errors=(redis.ConnectionError,))
        self._breaker = breaker

    def __deepcopy__(self, memo: dict[int, Any]) -> "_OneMoreTry":
        return self  # each connection asks for a copy, and all of them have one breaker

    def call_with_retry(
        self,
        do: Callable[[], T],
        fail: Callable[..., Any],
        is_retryable: Callable[[Exception], bool] | None = None,
        with_failure_count: bool = False,  # noqa: FBT001, FBT002 - as redis-py has it
    ) -> T:
        try:
            return super().call_with_retry(do, fail, is_retryable or is_absence, with_failure_count)
        except redis.RedisError as error:
            if is_absence(error):
                self._breaker.failed(error)
            raise


class _Punctual(AbstractConnection):
    """Has one deadline from its being taken, and made where it must be, to the answer. Then for each next."""

    def __init__(self, *, seconds: float, breaker: RedisBreaker, **options: Any) -> None:
        self._seconds = seconds
        self._breaker = breaker
        self._deadline = 0.0
        self._owes = False  # an answer, to what the deadline is for
        self._opening = 0
        self._is_connecting = False
        super().__init__(**options)

    @property
    def socket_timeout(self) -> float:
        return max(SHORTEST_WAIT, self._deadline - time.monotonic())

    @socket_timeout.setter
    def socket_timeout(self, value: float | None) -> None:
        """There is nothing to set: redis-py would have a time for each step."""

    @property
    def socket_connect_timeout(self) -> float:
        return self.socket_timeout

    @socket_connect_timeout.setter
    def socket_connect_timeout(self, value: float | None) -> None:
        """As above."""

    def connect(self) -> None:
        """Called for each use of a pooled connection, and when a subscription's has broken."""
        if self._opening != self._breaker.openings:
            self.disconnect()  # type: ignore[no-untyped-call] # it is of the time before Redis was away
        self._start()
        super().connect()  # type: ignore[no-untyped-call]

    def connect_check_health(
        self,
        check_health: bool = True,  # noqa: FBT001, FBT002 - as redis-py has it
        retry_socket_connect: bool = True,  # noqa: FBT001, FBT002
    ) -> None:
        """One try: whoever asked for it tries once more."""
        if self.is_connected:
            return
        self._breaker.refuse()
        self._opening = self._breaker.openings
        self._is_connecting = True
        try:
            super().connect_check_health(check_health=check_health, retry_socket_connect=False)
        finally:
            self._is_connecting = False

    def send_packed_command(self, command: Any, check_health: bool = True) -> None:  # noqa: FBT001, FBT002
        if not self._owes:
            self._start()
        super().send_packed_command(command, check_health)  # type: ignore[no-untyped-call]

    def read_response(self, *args: Any, timeout: Any = SENTINEL, **options: Any) -> Any:
        """Subscriptions say how long they listen; everything else is owed by the deadline."""
        if timeout is SENTINEL:
            timeout = self.socket_timeout
        try:
            return super().read_response(*args, timeout=timeout, **options)
        finally:
            if self.is_connected and not self._is_connecting:
                self._owes = False

    def _start(self) -> None:
        self._deadline = time.monotonic() + self._seconds
        self._owes = True


class _PunctualTcp(_Punctual, Connection):
    pass


class _PunctualTls(_Punctual, SSLConnection):
    def _wrap_socket_with_ssl(self, sock: socket.socket) -> ssl.SSLSocket:
        """redis-py would read the list of authorities for each connection: 18 ms in which no thread runs."""
        client = (self.certfile, self.keyfile, self.certificate_password)
        context = _tls_context(self.ca_certs, client, self.cert_reqs, self.check_hostname)
        return context.wrap_socket(sock, server_hostname=self.host)


@lru_cache(maxsize=8)
def _tls_context(
    authorities: str | None,
    client: tuple[str | None, str | None, str | None],
    verify: ssl.VerifyMode,
    check_hostname: bool,  # noqa: FBT001 - the cache wants it so
) -> ssl.SSLContext:
    """Of what an address may say: ssl_ca_certs, ssl_certfile, ssl_keyfile, ssl_password, ssl_cert_reqs."""
    context = ssl.create_default_context()
    context.check_hostname = check_hostname
    context.verify_mode = verify
    if authorities is not None:
        context.load_verify_locations(authorities)
    certificate, key, password = client
    if certificate is not None:
        context.load_cert_chain(certificate, key, password)
    return context


class _PunctualUnix(_Punctual, UnixDomainSocketConnection):
    pass


_CONNECTIONS = {
    Connection: _PunctualTcp,
    SSLConnection: _PunctualTls,
    UnixDomainSocketConnection: _PunctualUnix,
}


class _Pool(redis.ConnectionPool):
    """Behind the breaker, so that whatever is made with it is."""

    def __init__(self, connection_class: type[Connection] = Connection, **options: Any) -> None:
        self._breaker: RedisBreaker = options["breaker"]
        super().__init__(_CONNECTIONS[connection_class], **options)

    def get_connection(self, *command: Any, **options: Any) -> Any:
        with self._breaker.admission() as is_trial:
            connection = super().get_connection()
            if is_trial:
                self._try_out(connection)
            return connection

    def _try_out(self, connection: Any) -> None:
        """To connect is not enough: the kernel does that for a process that is frozen."""

        def ping() -> None:
            connection.send_command("PING")
            connection.read_response()

        try:
            connection.retry.call_with_retry(ping, lambda _: connection.disconnect())
        except redis.ResponseError:
            return
        except BaseException:
            connection.disconnect()
            self.release(connection)
            raise


def _pool(url: str, seconds: float, breaker: RedisBreaker, *, texts: bool) -> redis.ConnectionPool:
    return _Pool.from_url(
        url,
        seconds=seconds,
        breaker=breaker,
        retry=_OneMoreTry(breaker),
        max_connections=MOST_CONNECTIONS,
        decode_responses=texts,
        # No words before the first command but AUTH and SELECT: each would be one more wait, and Upstash and
        # its like do not know all of HELLO and CLIENT.
        protocol=2,
        driver_info=None,
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
    )
