"""A real SMTP server on loopback: what it took, and what it is to say next."""

import asyncio
import email
import ssl
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

OK = "250 OK"
HANG = "hang"  # no answer for longer than anybody waits
DROP = "drop"  # the line breaks before the answer
LONG = 30.0
USER, PASSWORD = "setlist", "wish for it"


@dataclass
class Taken:
    """One message as it came over the wire."""

    sender: str
    recipients: list[str]
    message: EmailMessage
    greeted_as: str
    is_encrypted: bool
    user: str = ""

    @property
    def text(self) -> str:
        return self.message.get_content().replace("\r\n", "\n")


@dataclass
class Mailbox:
    """`says`: by command, the answers that come before the usual one."""

    says: defaultdict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    taken: list[Taken] = field(default_factory=list)
    host: str = "127.0.0.1"
    port: int = 0

    async def handle_MAIL(  # noqa: N802 - as aiosmtpd calls it
        self, server: SMTP, _: Session, envelope: Envelope, address: str, __: list[str]
    ) -> str:
        envelope.mail_from = address
        return await self._say(server, "MAIL")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _: Session, envelope: Envelope, address: str, __: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return await self._say(server, "RCPT")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        said = self.says["DATA"][0] if self.says["DATA"] else OK
        if said in {OK, DROP, HANG}:
            message = email.message_from_bytes(envelope.content or b"", policy=SMTP_POLICY)
            assert isinstance(message, EmailMessage)
            self.taken.append(
                Taken(
                    sender=str(envelope.mail_from),
                    recipients=list(envelope.rcpt_tos),
                    message=message,
                    greeted_as=str(session.host_name),
                    is_encrypted=session.ssl is not None or server.transport.get_extra_info("cipher"),
                    user=session.auth_data.login.decode() if session.auth_data else "",
                )
            )
        return await self._say(server, "DATA")

    async def handle_QUIT(self, server: SMTP, *_: object) -> str:  # noqa: N802
        return await self._say(server, "QUIT", usual="221 Bye")

    async def _say(self, server: SMTP, command: str, usual: str = OK) -> str:
        said = self.says[command].popleft() if self.says[command] else usual
        if said == HANG:
            await asyncio.sleep(LONG)
        if said == DROP:
            server.transport.abort()
        return said if said[:1].isdigit() else usual


class OnAnyPort(Controller):
    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def smtp_server(*, tls: ssl.SSLContext | None = None, **options: Any) -> Iterator[Mailbox]:
    """`tls`: encrypted from the first byte; the options are those of aiosmtpd's SMTP."""
    mailbox = Mailbox()
    where = {"hostname": mailbox.host, "port": 0, "server_hostname": "mx.example"}
    controller = OnAnyPort(mailbox, **where, ssl_context=tls, **options)
    controller.start()
    mailbox.port = controller.port
    try:
        yield mailbox
    finally:
        controller.stop()


def knows_us(*_: object) -> AuthResult:
    """An authenticator: aiosmtpd calls it with the mechanism and what was given last."""
    given = _[-1]
    assert isinstance(given, LoginPassword)
    is_right = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_right, handled=False, auth_data=given)
