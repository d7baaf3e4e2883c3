"""The forms of accounts: Flask-Security's, in our words, with bounds, and without what we do not use."""

from typing import Any

from flask_security import (
    ChangePasswordForm,
    ForgotPasswordForm,
    LoginForm,
    RegisterFormV2,
    ResetPasswordForm,
    TwoFactorRescueForm,
    TwoFactorSetupForm,
)
from flask_security.confirmable import send_confirmation_instructions
from wtforms import Field, PasswordField, RadioField, StringField  # type: ignore[import-untyped] # has no types
from wtforms.validators import InputRequired, Length, ValidationError  # type: ignore[import-untyped] # has no types

from setlist.web import passwords

NO_MATCH = "That address and that password do not go together."
NOT_CONFIRMED = "Open the link that we mailed you first: it shows that the address is yours."
MESSAGES = {
    "GENERIC_AUTHN_FAILED": (NO_MATCH, "error"),
    "INVALID_EMAIL_ADDRESS": ("That is no e-mail address. It looks like name@example.org.", "error"),
    "EMAIL_NOT_PROVIDED": ("Enter your e-mail address.", "error"),
    "PASSWORD_NOT_PROVIDED": ("Enter your password.", "error"),
    "INVALID_PASSWORD": ("That is not your password.", "error"),
    "PASSWORD_IS_THE_SAME": ("That is the password you have.", "error"),
    "PASSWORD_CHANGE": ("Your password is changed, and every other browser is signed out.", "success"),
    "PASSWORD_RESET_REQUEST": (
        "If that address has an account, a mail with a link is on its way to it.", "info",
    ),
    "PASSWORD_RESET_NO_LOGIN": ("Your password is changed. Sign in with the new one.", "success"),
    "PASSWORD_RESET_EXPIRED": ("That link is too old. Ask for a new one here.", "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (
        "That link is not whole, or was used already. Ask for a new one here.", "error",
    ),
    "CONFIRM_REGISTRATION": ("", "info"),
    "CONFIRMATION_REQUEST": (
        "If that address waits for its confirmation, a mail with a link is on its way to it.", "info",
    ),
    "CONFIRMATION_EXPIRED": ("That link is too old. Ask for a new one here.", "error"),
    "INVALID_CONFIRMATION_TOKEN": ("That link is not whole. Ask for a new one here.", "error"),
    "ALREADY_CONFIRMED": ("That address is confirmed already. You can sign in.", "info"),
    "EMAIL_CONFIRMED": ("Your address is confirmed. Sign in, and your wishes come along.", "success"),
    "REAUTHENTICATION_REQUIRED": ("Enter your password again before you go on.", "info"),
    "INVALID_REDIRECT": ("That link leads away from this site.", "error"),
    "TWO_FACTOR_INVALID_TOKEN": (
        "That code is not right, is too old, or was used already. Wait for the next one.", "error",
    ),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": ("", "info"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (
        "Your second factor is set. Keep recovery codes for the day when the telephone is lost.", "success",
    ),
    "TWO_FACTOR_DISABLED": ("Signing in takes only your password from now on.", "success"),
    "TWO_FACTOR_SETUP_EXPIRED": ("That took too long. Begin again.", "error"),
    "TWO_FACTOR_PERMISSION_DENIED": ("Sign in first.", "error"),
    "INVALID_RECOVERY_CODE": ("That is no recovery code of yours, or it was used already.", "error"),
    "REAUTHENTICATION_SUCCESSFUL": ("", "info"),
    "API_ERROR": ("That did not arrive whole. Begin again.", "error"),
}  # fmt: skip


def typed_address(typed: str | None) -> str:
    """Without the signs that no address has; PostgreSQL cannot even be asked about a NUL."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in (typed or "").strip())


def _new_password() -> PasswordField:
    return PasswordField(validators=[InputRequired("Choose a password.")])


class SignInForm(LoginForm):
    """No "remember me": a session cookie that lasts is all there is.

    An address is only compared with those of the accounts: Flask-Security's own field would refuse
    admin@setlist.local for its domain.
    """

    email = StringField(filters=[typed_address], validators=[InputRequired("Enter your e-mail address.")])
    remember = None  # so WTForms drops an inherited field

    def validate_password(self, field: Field) -> None:
        if len(field.data or "") > passwords.LONGEST:
            raise ValidationError(NO_MATCH)

    def validate(self, **known: Any) -> bool:
        """Who gave the right password may hear what is missing."""
        if super().validate(**known):
            return True
        if self.user_authenticated and self.requires_confirmation:
            self.email.errors = []
            self.form_errors.append(NOT_CONFIRMED)
        return False


class SignUpForm(RegisterFormV2):
    """The password is typed once: a browser can show it, and a mail makes a new one."""


class NewPasswordForm(ResetPasswordForm):
    password = _new_password()
    password_confirm = None


class OtherPasswordForm(ChangePasswordForm):
    password = PasswordField(validators=[Length(max=passwords.LONGEST, message="That is not your password.")])
    new_password = _new_password()
    new_password_confirm = None


class ForgottenForm(ForgotPasswordForm):
    def validate(self, **known: Any) -> bool:
        """Who has not confirmed the address yet gets that link instead."""
        good = bool(super().validate(**known))
        if not good and self.requires_confirmation:
            send_confirmation_instructions(self.user)  # type: ignore[no-untyped-call]
        return good


class FactorForm(TwoFactorSetupForm):
    """What `setup` may be, the library itself looks up: there is one method, and "disable"."""

    setup = StringField()
    phone = StringField()


class NoRescueForm(TwoFactorRescueForm):
    """A recovery code is the only way."""

    help_setup = RadioField(choices=[])
