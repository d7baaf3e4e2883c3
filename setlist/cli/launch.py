"""From running servers to the first page: tables, programs, the first admin, the address."""

import http.client
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from config import ROOT, Settings, Sources
from setlist.cli.admin_errand import AdminErrand
from setlist.cli.child import run_to_end
from setlist.cli.complaints import ComplaintError
from setlist.cli.console import Console
from setlist.cli.engines import Engines
from setlist.cli.findings import State
from setlist.cli.leftovers import MARK, record
from setlist.cli.ports import sandbox_place
from setlist.cli.postgres import check_tables
from setlist.cli.procfile import Program, read_procfile, setlist_program
from setlist.cli.supervisor import Supervisor

KILL_MARGIN_SECONDS = 2.0  # beyond the grace that the worker itself keeps
MOST_DEATHS_AT_START = 3
FIRST_PAGE_SECONDS = 90.0
ANSWER_SECONDS = 2.0
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not bound to


@dataclass(kw_only=True)
class Launch:
    settings: Settings
    console: Console
    engines: Engines
    environment: dict[str, str]
    record_file: Path
    _began: float = field(default_factory=time.monotonic)
    _announced: bool = False
    _admin: AdminErrand | None = None
    _failure: ComplaintError | None = None

    def run(self) -> None:
        """Until it is stopped, or something cannot go on."""
        programs = read_procfile(ROOT / "Procfile", self.settings)
        self._release(programs.pop("release", None))
        supervisor = Supervisor(
            console=self.console,
            environment=self.environment,
            grace_seconds=self.settings.shutdown_grace_seconds + KILL_MARGIN_SECONDS,
            record=partial(record, self.record_file, self.environment[MARK]),
        )
        try:
            supervisor.run([*self._sandbox(), *programs.values()], partial(self._tick, supervisor))
        finally:
            if self._admin is not None and not self._announced:
                self._admin.give_up(self.console)
        if self._failure is not None:
            raise self._failure

    def _release(self, program: Program | None) -> None:
        """Make or change the tables, unless they are those of this code already."""
        url = self.engines.addresses.get("DATABASE_URL", self.settings.database_url)
        if program is None or check_tables(url).state is State.OK:
            return
        self.console.say("Making the tables …")
        if run_to_end(program, self.environment, partial(self.console.line, program.name)) != 0:
            raise ComplaintError("the tables could not be made, for the reason above")

    def _sandbox(self) -> list[Program]:
        return [setlist_program("sandbox")] if sandbox_place(self.settings) else []

    def _tick(self, supervisor: Supervisor) -> None:
        """Between two looks at the programs: the engines, the admin, the first page."""
        try:
            for name in self.engines.revive():
                self.console.say(f"{name} had ended; it is up again")
            if not self._announced:
                self._admin = self._admin or AdminErrand(self.environment)
                self._watch_start(supervisor, self._admin)
        except ComplaintError as failure:
            self._failure = failure
            supervisor.stop()

    def _watch_start(self, supervisor: Supervisor, admin: AdminErrand) -> None:
        if supervisor.deaths("web") >= MOST_DEATHS_AT_START:
            raise ComplaintError(
                f"the web server ended {MOST_DEATHS_AT_START} times before its first page; "
                "its own words are above"
            )
        if self._answers() and admin.ended:
            self._announced = True
            self._announce(admin.finish(self.console))
        elif time.monotonic() - self._began > FIRST_PAGE_SECONDS:
            raise ComplaintError(
                f"no page came within {FIRST_PAGE_SECONDS:.0f} s; what the programs said is above"
            )

    def _answers(self) -> bool:
        host = EVERYWHERE.get(self.settings.host, self.settings.host)
        connection = http.client.HTTPConnection(host, self.settings.port, timeout=ANSWER_SECONDS)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _announce(self, admin: str) -> None:
        address = self.environment["EXTERNAL_URL"]
        lines = ["", f"Setlist is at {address}", f"Admin: {address}/admin, {admin}"]
        if self.settings.data_sources is Sources.SANDBOX:
            lines.append("The data are invented; README.md says how to run on real ones.")
        lines += ["Ctrl-C stops everything.", ""]
        self.console.say("\n".join(lines))
