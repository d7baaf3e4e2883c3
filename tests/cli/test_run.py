"""`setlist run` as a process of its own: its start, every way it ends, and every reason not to start."""

import os
import re
import signal
import socket
import urllib.request
from pathlib import Path

import psycopg
import pytest

from config import Settings
from setlist.embedded.processes import wait_until
from tests.cli.launched import Launched, Project

READY = "Ctrl-C stops everything."


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def servers(settings: Settings) -> dict[str, str]:
    """Given ones, for the tests that are not about the embedded ones."""
    return {"DATABASE_URL": str(settings.database_url), "REDIS_URL": str(settings.redis_url)}


def test_from_nothing_to_a_page_and_again_with_the_same_data(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)  # the servers looked at are the embedded ones
    with project.start() as first:
        first.waits_for(READY)
        assert f"Setlist is at http://127.0.0.1:{project.port}" in first.said
        with urllib.request.urlopen(f"http://127.0.0.1:{project.port}/") as page:
            assert page.status == 200
        services = Settings(_env_file=project.folder / "var/run/services.env")
        with psycopg.connect(plain(services)) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        assert first.ends(signal.SIGINT) == 0
    assert project.started() == set()
    assert not (project.folder / "var/run/services.env").exists()

    with project.start() as second:
        second.waits_for(READY)
        services = Settings(_env_file=project.folder / "var/run/services.env")
        with psycopg.connect(plain(services)) as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_stop_leaves_nothing_running(
    project: Project, servers: dict[str, str], number: signal.Signals
) -> None:
    with project.start(**servers) as running:
        running.waits_for(READY)
        assert len(project.started()) == 4  # the launcher, web, worker and its helper
        assert running.ends(number) == 0
        assert project.started() == set()
        assert "Everything is stopped" in running.said


def test_a_stop_in_the_middle_of_the_start_leaves_nothing_running(project: Project) -> None:
    with project.start() as running:
        running.waits_for("PostgreSQL is up")
        assert running.ends(signal.SIGINT) == 0
    assert project.started() == set()


def test_a_program_that_ignores_the_stop_is_killed_after_the_grace(
    project: Project, servers: dict[str, str]
) -> None:
    project.write("worker.py", f"import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n{WORKER_SAYS}")
    with project.start(**servers) as running:
        running.waits_for(READY)
        running.waits_for("| worker ")
        assert running.ends(signal.SIGINT) == 0
    assert project.started() == set()


def test_a_second_ctrl_c_does_not_wait_for_the_grace(project: Project, servers: dict[str, str]) -> None:
    project.write("worker.py", f"import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n{WORKER_SAYS}")
    with project.start(**servers, SHUTDOWN_GRACE_SECONDS="3000") as running:
        running.waits_for(READY)
        running.waits_for("| worker ")
        running.process.send_signal(signal.SIGINT)
        running.waits_for("again to stop at once")
        assert running.ends(signal.SIGINT) == 0
    assert project.started() == set()


def test_a_killed_launcher_takes_everything_with_it_and_the_next_start_goes_on(project: Project) -> None:
    with project.start() as killed:
        killed.waits_for(READY)
        assert killed.ends(signal.SIGKILL) == -signal.SIGKILL
    with project.start() as next_one:
        next_one.waits_for(READY)
        assert next_one.ends(signal.SIGINT) == 0
    assert project.started() == set()


def test_what_a_killed_launcher_left_running_is_ended_by_the_next_start(
    project: Project, servers: dict[str, str]
) -> None:
    """The worker's helper outlives its parent: only its mark tells whose it is."""
    with project.start(**servers) as killed:
        killed.waits_for(READY)
        killed.waits_for("| worker ")
        assert killed.ends(signal.SIGKILL) == -signal.SIGKILL
    assert wait_until(lambda: len(project.started()) == 1, 20)
    with project.start(**servers) as next_one:
        next_one.waits_for(READY)
        assert len(project.started()) == 4
    assert project.started() == set()


def test_a_killed_worker_is_started_again_and_its_helpers_are_ended(
    project: Project, servers: dict[str, str]
) -> None:
    with project.start(**servers) as running:
        running.waits_for(READY)
        running.waits_for("| worker ")
        os.kill(running.worker(), signal.SIGKILL)
        running.waits_for("worker  | ended (SIGKILL), starts again in 0.5 s")
        running.waits_for("| worker ", times=2)
        assert len(project.started()) == 4


def test_killed_engines_are_started_again(project: Project) -> None:
    with project.start() as running:
        running.waits_for(READY)
        var = project.folder / "var"
        os.kill(int((var / "postgres/data/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        running.waits_for("PostgreSQL had ended; it is up again")


def test_lines_carry_the_name_of_who_said_them(project: Project, servers: dict[str, str]) -> None:
    with project.start(**servers) as running:
        running.waits_for(READY)
        assert "web     | web listens" in running.said.splitlines()
        assert "\x1b[" not in running.said  # no colours into a file


def test_a_web_server_that_does_not_come_up_ends_the_start(project: Project, servers: dict[str, str]) -> None:
    project.write("web.py", "import sys; sys.exit('no such page')")
    with project.start(**servers) as running:
        assert running.ends() == 1
        assert running.said.count("no such page") == 3
        assert "Setlist: the web server ended 3 times before its first page" in running.said


class TestReasonsNotToStart:
    def test_a_taken_port(self, project: Project) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", project.port))
            other.listen()
            said = refusal(project.start())
        assert said == (
            f"Setlist: port {project.port} on 127.0.0.1 is taken by another program: stop that one, "
            f"or set PORT to a free one (PORT={project.port + 1} make run)\n"
        )
        assert not (project.folder / "var/postgres").exists()  # nothing was started

    def test_a_run_in_the_same_folder(self, project: Project, servers: dict[str, str]) -> None:
        with project.start(**servers) as running:
            running.waits_for(READY)
            said = refusal(project.start(PORT="18999"))
            assert f"already started in this folder, by process {running.process.pid}: stop that one" in said

    def test_an_unusable_folder(self, project: Project) -> None:
        project.write("var", "a file where the folder should be")
        assert_one_sentence(refusal(project.start()), "Setlist: .*var.*: (Not a directory|File exists)")

    def test_a_database_that_does_not_answer(self, project: Project, servers: dict[str, str]) -> None:
        servers["DATABASE_URL"] = "postgresql://fan:hunter2@127.0.0.1:1/setlist"
        said = refusal(project.start(**servers))
        assert said == (
            "Setlist: PostgreSQL at 127.0.0.1:1/setlist does not answer (Connection refused): "
            "start it, correct DATABASE_URL, or unset it to use the embedded one\n"
        )

    def test_a_redis_that_does_not_answer(self, project: Project, servers: dict[str, str]) -> None:
        servers["REDIS_URL"] = "redis://:hunter2@127.0.0.1:1/0"
        said = refusal(project.start(**servers))
        assert_one_sentence(said, "Setlist: Redis does not answer .*: start it, correct REDIS_URL")
        assert "hunter2" not in said

    def test_weak_settings_in_production(self, project: Project, servers: dict[str, str]) -> None:
        said = refusal(project.start(**servers, ENVIRONMENT="production"))
        assert "  SECRET_KEY: must be set to 32 random characters or more, in production\n" in said
        assert "  EXTERNAL_URL: must start with https://, in production\n" in said
        assert "Traceback" not in said

    def test_tables_that_cannot_be_made(self, project: Project, servers: dict[str, str]) -> None:
        project.write("Procfile", "release: sh -c 'echo no such column; exit 3'\nweb: python web.py $PORT\n")
        said = refusal(project.start(REDIS_URL=servers["REDIS_URL"]))
        assert "release | no such column" in said
        assert "Setlist: the tables could not be made, for the reason above" in said


WORKER_SAYS = "import os, time\nprint('worker', os.getpid(), flush=True)\ntime.sleep(300)\n"


def refusal(running: Launched) -> str:
    with running:
        assert running.ends() == 1
        return running.said


def assert_one_sentence(said: str, pattern: str) -> None:
    assert re.match(pattern, said), said
    assert said.count("\n") == 1, said


def plain(settings: Settings) -> str:
    return str(settings.database_url).replace("+psycopg", "")
