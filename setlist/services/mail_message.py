"""A mail as it goes over the wire."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """What a message is made of. `id` and `written_at` name it: the same letter is the same message."""

    id: int
    written_at: datetime
    to: str
    subject: str
    text: str


def make_message(letter: Letter, sender: Address) -> EmailMessage:
    """Plain text, UTF-8 in printable characters. Raises ValueError where the address cannot be written.

    Its Message-ID is the same each time, so that a mailbox which gets it twice can tell.
    """
    message = EmailMessage(policy=SMTP)
    message["Date"] = format_datetime(letter.written_at)
    message["From"] = sender
    message["To"] = _address(letter.to)
    message["Subject"] = letter.subject
    message["Message-ID"] = f"<{letter.id}.{letter.written_at:%Y%m%d%H%M%S%f}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answers of absent people, please
    message.set_content(letter.text, charset="utf-8", cte="quoted-printable")
    return message


def _address(typed: str) -> Address:
    """Domains of any script have a spelling that every server takes; the part before them has none."""
    user, _, domain = typed.rpartition("@")
    return Address(username=user, domain=domain.encode("idna").decode("ascii"))
