"""The way out for URLs that somebody else wrote, such as where news of a job are to be sent.

A name may lead anywhere, and elsewhere a moment later. So the name is looked up once for a connection, each
address behind it must be public, and the connection goes to the very address that was checked; TLS is still
checked against the name. Redirects are answers and not followed, and a proxy of the environment is not used,
since it would look the name up again.
"""

import ipaddress
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from queue import Empty, SimpleQueue
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.exceptions import ConnectTimeoutError

from setlist.providers.deadline import Connection, DeadlineAdapter, SecureConnection, seconds_left
from setlist.providers.errors import ProviderError
from setlist.providers.wire import Answer, Call, Limits, Wire
from setlist.services.public_addresses import PRIVATE, USUAL_PORTS, UrlRefusedError, check_spelling, is_public

Resolve = Callable[[str, int], Sequence[str]]  # a host's addresses; OSError where it has none

MOST_ADDRESSES = 3  # tried one after the other
UNLABELLED = "The address"


class AddressRefused(ProviderError):  # noqa: N818 - as its kin in errors.py
    """The URL is not asked, now or later: whoever wrote it has to name another."""


def system_resolver(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Outbound:
    """Sends to public addresses alone. Use one for many calls, from any thread; close it in the end.

    `ports`: those that a URL may name; None for any. `certificates`: a file of authorities to trust instead
    of the public ones.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        user_agent: str,
        resolve: Resolve = system_resolver,
        ports: frozenset[int] | None = USUAL_PORTS,
        certificates: str | None = None,
    ) -> None:
        self._ports = ports
        self._wire = Wire(
            UNLABELLED,
            limits,
            user_agent=user_agent,
            direct=True,
            adapter=PublicAdapter(limits, resolve, certificates),
        )

    def send(self, call: Call) -> Answer:
        """Whatever the status. Raises AddressRefused, Unavailable, TimedOut or BadAnswer."""
        try:
            check_spelling(call.url, ports=self._ports)
        except UrlRefusedError as error:
            raise AddressRefused(UNLABELLED, str(error)) from None
        # Each call has its own connection, whose name is looked up and checked for it.
        own = {"Accept-Encoding": "identity", "Connection": "close"}
        return self._wire.send(replace(call, headers={**call.headers, **own}))

    def close(self) -> None:
        self._wire.close()


class PublicAdapter(DeadlineAdapter):
    """Mount it on a requests.Session: its connections go to public addresses, or are not made."""

    def __init__(self, limits: Limits, resolve: Resolve, certificates: str | None = None) -> None:
        self._dial = _Dial(limits, resolve)
        self._certificates = certificates
        super().__init__(max_retries=0)

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        super().cert_verify(conn, url, self._certificates or verify, cert)  # type: ignore[no-untyped-call]

    def use_own_connections(self, manager: PoolManager) -> None:
        dial = self._dial

        class PublicConnection(Connection):
            def _new_conn(self) -> socket.socket:
                return dial(self.host, self.port or 80)

        class PublicSecureConnection(SecureConnection):
            def _new_conn(self) -> socket.socket:
                return dial(self.host, self.port or 443)

        class Pool(_KeepsNone):
            ConnectionCls = PublicConnection

        class SecurePool(_KeepsNone, HTTPSConnectionPool):
            ConnectionCls = PublicSecureConnection

        manager.pool_classes_by_scheme = {"http": Pool, "https": SecurePool}


class _KeepsNone(HTTPConnectionPool):
    """A kept connection leads where the name led at an earlier call. Asking the server to close it is not
    enough: until it does, the next call may take it."""

    def _put_conn(self, conn: Any) -> None:
        if conn is not None:
            conn.close()
        super()._put_conn(None)


class _Dial:
    def __init__(self, limits: Limits, resolve: Resolve) -> None:
        self._limits = limits
        self._resolve = resolve

    def __call__(self, host: str, port: int) -> socket.socket:
        """A connection to the first of the host's addresses that answers; all of them must be public."""
        addresses = self._look_up(host.strip("[]"), port)
        if not all(map(_is_public, addresses)):
            raise AddressRefused(UNLABELLED, PRIVATE)
        problem: OSError | None = None
        for address in addresses[:MOST_ADDRESSES]:
            try:
                return self._connect(address, port)
            except OSError as error:
                problem = error
        if isinstance(problem, TimeoutError):
            raise ConnectTimeoutError("no connection in time") from problem
        raise problem or OSError("the name has no address")

    def _look_up(self, host: str, port: int) -> Sequence[str]:
        """In a thread of its own: the system's resolver knows no time limit."""
        answer: SimpleQueue[Any] = SimpleQueue()

        def ask() -> None:
            try:
                answer.put(self._resolve(host, port))
            except (OSError, UnicodeError):
                answer.put([])

        threading.Thread(target=ask, name="look up a name", daemon=True).start()
        try:
            found: Sequence[str] = answer.get(timeout=max(0.0, self._patience()))
        except Empty:
            raise ConnectTimeoutError("nobody said in time where the name leads") from None
        return found

    def _connect(self, address: str, port: int) -> socket.socket:
        """An address and no name: the system has nothing left to look up."""
        made = socket.create_connection((address, port), timeout=max(0.001, self._patience()))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def _patience(self) -> float:
        return min(self._limits.connect_seconds, seconds_left())


def _is_public(address: str) -> bool:
    """A zone, as in fe80::1%eth0, is of a neighbour's address."""
    try:
        return is_public(ipaddress.ip_address(address))
    except ValueError:
        return False
