"""The second factor: codes of an authenticator app, each good once, and some for a lost telephone."""

import base64
import hmac
from datetime import timedelta
from typing import Any

from flask import Flask
from flask_security import MfRecoveryCodesUtil, Totp, UserMixin
from flask_security.signals import tf_disabled
from passlib.totp import TotpMatch
from sqlalchemy import select, update

from config import Settings
from setlist.extensions import db
from setlist.models import Account

ISSUER = "Setlist"
RECOVERY_CODES = 10
CLOCKS_DIFFER_SECONDS = 30  # a telephone's clock and ours
SETUP_LASTS = timedelta(minutes=30)


def install(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY=CLOCKS_DIFFER_SECONDS,
        SECURITY_TWO_FACTOR_ALWAYS_VALIDATE=True,  # no cookie stands for the second factor
        SECURITY_TWO_FACTOR_RESCUE_EMAIL=False,  # a mailbox is what resets the first
        SECURITY_TWO_FACTOR_SETUP_WITHIN=SETUP_LASTS,
        SECURITY_TWO_FACTOR_POST_SETUP_VIEW="accounts.account",
        SECURITY_TOTP_ISSUER=ISSUER,
        SECURITY_TOTP_SECRETS={"1": _derived(settings, "totp").hex()},
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=True,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_N=RECOVERY_CODES,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS=[
            base64.urlsafe_b64encode(_derived(settings, "recovery_codes"))
        ],
    )
    tf_disabled.connect(_forget_steps, app)


class CodesUsedOnce(Totp):
    """A code that somebody saw being typed is of no use to them."""

    def get_last_counter(self, user: UserMixin) -> int | None:
        """The row is locked until the request ends: of two tries at once the second sees the first."""
        used = select(Account.tf_last_counter).where(Account.id == int(user.id)).with_for_update()
        return db.session.scalar(used)

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        """The request that it belongs to commits."""
        step = {"tf_last_counter": tmatch.counter}
        db.session.execute(update(Account).where(Account.id == int(user.id)).values(step))


class RecoveryCodesUsedOnce(MfRecoveryCodesUtil):
    """The row is locked until the request ends, so that two at once cannot use the same one."""

    def check_recovery_code(self, user: UserMixin, code: str) -> bool:
        db.session.refresh(user, ["mf_recovery_codes"], with_for_update=True)
        return bool(super().check_recovery_code(user, code))

    def delete_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Assigned and not changed in place, which a row would not notice."""
        left = [kept for kept in self.get_recovery_codes(user) if kept != code]
        user.mf_recovery_codes = self._encrypt_codes(left)
        return True


def _forget_steps(_: Flask, user: Any, **__: object) -> None:
    """The next secret's codes are others, of the same steps of time."""
    user.tf_last_counter = None
    user.mf_recovery_codes = None


def _derived(settings: Settings, purpose: str) -> bytes:
    secret = settings.secret_key.get_secret_value().encode()
    return hmac.digest(secret, f"setlist.{purpose}".encode(), "sha256")
