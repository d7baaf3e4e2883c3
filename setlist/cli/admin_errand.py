"""The first admin, made beside the start of the programs, in a process that needs the app's imports."""

from collections.abc import Mapping

from setlist.cli.child import Child
from setlist.cli.console import Console
from setlist.cli.procfile import setlist_program

KNOWN = "as at the first start; a new password: .venv/bin/setlist admin password"
FAILED = "none could be made, for the reason above; try .venv/bin/setlist admin create"


class AdminErrand:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._child = Child(setlist_program("first-admin"), environment)
        self._said: list[str] = []

    @property
    def ended(self) -> bool:
        self._said += self._child.lines()
        return self._child.ended

    def finish(self, console: Console) -> str:
        """What to tell about the admin. The last line that its making said is the password, if it is new."""
        self._said += self._child.close()
        if self._child.status == 0:
            return f"password {self._said[-1]} (shown this once)" if self._said else KNOWN
        for line in self._said:
            console.line("admin", line)
        return FAILED

    def give_up(self) -> None:
        self._child.close()
