"""Which passwords may be chosen: long ones that are not easily guessed, of any signs."""

from typing import Any

from flask_security import PasswordUtil
from zxcvbn import zxcvbn

SHORTEST = 12
LONGEST = 200  # normalised, a sign may become eighteen, and of more than 4096 no hash is made
LEAST_SCORE = 3  # of 0 to 4; below it, 100 million guesses would do
LONGEST_READ = 40  # what makes a password weak is found in these; more would take the guesser seconds
OURS = ["setlist", "concert", "tonight"]
TOO_SHORT = f"A password has {SHORTEST} characters or more. Four or five words in a row do well."
TOO_LONG = f"A password has at most {LONGEST} characters."
TOO_EASY = "This password is easily guessed. Four or five words that have nothing in common do well."


class StrongPasswords(PasswordUtil):
    def validate(
        self,
        password: str,
        is_register: bool,  # noqa: FBT001 - Flask-Security's own
        **known: Any,
    ) -> tuple[list[str] | None, str]:
        """What is wrong with it, if anything, and the password as it is hashed."""
        if len(password) > LONGEST:
            return [TOO_LONG], password
        normalised: str = self.normalize(password)
        if len(normalised) < SHORTEST:
            return [TOO_SHORT], normalised
        is_easy = guessing_score(normalised, _words_about(**known)) < LEAST_SCORE
        return ([TOO_EASY] if is_easy else None), normalised


def guessing_score(password: str, known: list[str]) -> int:
    """0 (guessed at once) to 4; `known`: what a guesser would try first."""
    return int(zxcvbn(password[:LONGEST_READ], user_inputs=[*OURS, *known])["score"])


def _words_about(user: Any = None, email: str = "", **__: object) -> list[str]:
    address = (email or str(getattr(user, "email", "")))[:LONGEST_READ]  # as typed: of any length
    name, _, host = address.partition("@")
    return [word for word in (address, name, host.partition(".")[0]) if word]
