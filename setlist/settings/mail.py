"""The server that takes our mails."""

import re
from email.headerregistry import Address
from enum import StrEnum
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator

from setlist.settings.site import IN_PRODUCTION, Environment, SiteSettings

_PLAIN = r"[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
SENDER = re.compile(rf"(?P<plain>{_PLAIN})|\"?(?P<name>[^<>\"@,;\\]*?)\"?\s*<(?P<address>{_PLAIN})>")


class MailSecurity(StrEnum):
    STARTTLS = "starttls"  # begins in the clear and goes on encrypted, or not at all; usual on port 587
    TLS = "tls"  # encrypted from the first byte; usual on port 465
    NONE = "none"


class MailSettings(SiteSettings):
    """It needs the site's own settings: what is refused depends on the environment."""

    mail_server: str | None = Field(
        None, description="host of the SMTP server that takes mails; unset: they stay in the outbox"
    )
    mail_port: int = Field(587, ge=1, le=65535, description="its port; usually 587, with tls 465")
    mail_security: MailSecurity = Field(
        MailSecurity.STARTTLS,
        description="starttls, tls, or none: no encryption, which production refuses with a password",
    )
    mail_user: str | None = Field(None, description="the user to sign in to it as; unset: without")
    mail_password: SecretStr | None = Field(None, description="that user's password")
    mail_sender: str | None = Field(
        None, description="who mails are from, such as Setlist <setlist@example.org>; needed with MAIL_SERVER"
    )
    mail_seconds: float = Field(10.0, gt=0, le=30, description="longest wait for an answer of the server")
    keep_mails_days: int = Field(
        30,
        ge=1,
        description="days the outbox keeps a mail and its address; its text goes once it is sent",
    )

    @field_validator("mail_server")
    @classmethod
    def _host(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[\w.-]+|[0-9a-fA-F:]+", value, re.ASCII):
            raise ValueError("must be a host such as smtp.example.org, without its port")
        return value

    @field_validator("mail_user", "mail_password")
    @classmethod
    def _plain(cls, value: str | SecretStr | None) -> str | SecretStr | None:
        """Python's client can send nothing else."""
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if text is not None and not (text.isascii() and text.isprintable()):
            raise ValueError("must be plain ASCII")
        return value

    @field_validator("mail_sender")
    @classmethod
    def _one_address(cls, value: str | None) -> str | None:
        if value is not None and not (value.isprintable() and SENDER.fullmatch(value)):
            raise ValueError("must be an address such as Setlist <setlist@example.org>")
        return value

    @model_validator(mode="after")
    def _mail_is_whole(self) -> Self:
        if self.mail_server is not None and self.mail_sender is None:
            raise ValueError("MAIL_SENDER must be set where MAIL_SERVER is")
        if (self.mail_user is None) != (self.mail_password is None):
            raise ValueError("MAIL_PASSWORD and MAIL_USER belong together: set both, or neither")
        in_the_clear = self.mail_user is not None and self.mail_security is MailSecurity.NONE
        if in_the_clear and self.environment is Environment.PRODUCTION:
            problem = "must be starttls or tls where MAIL_PASSWORD is set, which would be sent in the clear"
            raise ValueError(f"{IN_PRODUCTION}MAIL_SECURITY {problem}")
        return self

    @property
    def sender(self) -> Address | None:
        """MAIL_SENDER in its parts."""
        parts = SENDER.fullmatch(self.mail_sender or "")
        if parts is None:
            return None
        return Address(display_name=parts["name"] or "", addr_spec=parts["address"] or parts["plain"])
