"""Whether the ports that a run needs are free, before anything is started."""

import errno
import socket
from urllib.parse import urlsplit

from config import Settings, Sources
from setlist.cli.complaints import ComplaintError

LOCAL = {"127.0.0.1", "localhost", "::1", "0.0.0.0"}  # noqa: S104 - compared with, not bound to


def check_ports(settings: Settings) -> None:
    _check(settings.host, settings.port, setting="PORT", example=f"PORT={settings.port + 1} make run")
    place = sandbox_place(settings)
    if place is not None:
        host, port = place
        _check(host, port, setting="SANDBOX_URL", example=f"SANDBOX_URL=http://{host}:{port + 1} make run")


def sandbox_place(settings: Settings) -> tuple[str, int] | None:
    """Where to start the sandbox; None if it is not used or runs elsewhere."""
    address = urlsplit(settings.sandbox_url)
    if settings.data_sources is not Sources.SANDBOX or address.hostname not in LOCAL:
        return None
    return address.hostname, address.port or 80


def _check(host: str, port: int, *, setting: str, example: str) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        raise ComplaintError(f"'{host}' is not an address of this machine: set HOST to 127.0.0.1") from None
    except OSError as error:
        raise ComplaintError(_meaning(error, host, port, setting, example)) from None


def _meaning(error: OSError, host: str, port: int, setting: str, example: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} on {host} is taken by another program: "
            f"stop that one, or set {setting} to a free one ({example})"
        )
    if error.errno == errno.EACCES:
        return f"port {port} may be used by root only: set {setting} to one above 1023 ({example})"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is not an address of this machine: set HOST to 127.0.0.1 or 0.0.0.0"
    return (
        f"port {port} on {host} cannot be used ({error.strerror}): set {setting} to another one ({example})"
    )
