"""The one place from which a link that lets a guest vote is mailed."""


class MailNotSetUpError(Exception):
    """There is no way to send mail here."""


def send_pass_link(address: str, url: str) -> None:
    """Asks for a mail to `address` with the link `url`; the caller commits. Raises MailNotSetUpError."""
    raise MailNotSetUpError(f"nothing sends {len(url)} characters of a link to {len(address)} of an address")
