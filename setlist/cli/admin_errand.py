"""The first admin, made beside the start of the programs, in a process that needs the app's imports."""

from collections.abc import Mapping

from setlist.cli.child import Child
from setlist.cli.console import Console
from setlist.cli.procfile import setlist_program

NEW = "sign in as {email} with password {password} (shown this once)"
KNOWN = "sign in as before (password lost? .venv/bin/setlist admin password {email})"
FAILED = "none could be made, for the reason above; try .venv/bin/setlist admin create EMAIL"


class AdminErrand:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._child = Child(setlist_program("first-admin"), environment)
        self._said: list[str] = []

    @property
    def ended(self) -> bool:
        self._said += self._child.lines()
        return self._child.ended

    def finish(self, console: Console) -> str:
        """What to tell about the admin: its making says the address, and the password if it is new."""
        self._said += self._child.close()
        if self._child.status == 0:
            return self._introduction()
        for line in self._said:
            console.line("admin", line)
        return FAILED

    def give_up(self, console: Console) -> None:
        """The start ends before it could be told; a password that was made by then is told all the same."""
        self._said += self._child.close()
        if self._child.status == 0:
            console.say(f"Admin: {self._introduction()}")

    def _introduction(self) -> str:
        email, _, password = "".join(self._said[-1:]).partition(" ")
        return NEW.format(email=email, password=password) if password else KNOWN.format(email=email)
