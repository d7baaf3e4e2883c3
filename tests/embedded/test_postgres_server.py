"""PostgreSQL from the wheel, on real data folders."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from setlist.embedded import EngineError, start_postgres
from setlist.embedded.processes import Identity, wait_until

START_AND_DIE = """
import os, pathlib, signal, sys
from setlist.embedded import start_postgres
start_postgres(pathlib.Path(sys.argv[1]))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_it_keeps_its_data_from_one_start_to_the_next(tmp_path: Path) -> None:
    first = start_postgres(tmp_path)
    with psycopg.connect(first.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    first.stop()
    assert not first.alive

    second = start_postgres(tmp_path)
    with psycopg.connect(second.url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
        assert connection.execute("SELECT lower('ÄÉŠ')").fetchone() == ("äéš",)
    second.stop()


def test_it_listens_on_no_port(tmp_path: Path) -> None:
    running = start_postgres(tmp_path)
    with psycopg.connect(running.url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    running.stop()


def test_a_folder_too_deep_for_a_socket_is_no_obstacle(tmp_path: Path) -> None:
    deep = tmp_path / "a folder with, 'quotes' and spaces" / ("deep" * 20)
    running = start_postgres(deep, durable=False)
    with psycopg.connect(running.url) as connection:
        assert connection.execute("SHOW data_directory").fetchone() == (str(deep / "postgres/data"),)
    running.stop()


def test_a_second_start_on_the_same_data_is_refused_while_the_first_runs(tmp_path: Path) -> None:
    running = start_postgres(tmp_path, durable=False)
    with pytest.raises(EngineError, match=f"already in use by process {os.getpid()}"):
        start_postgres(tmp_path)
    assert running.alive
    running.stop()


def test_a_killed_starter_does_not_stop_the_next_start(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", START_AND_DIE, str(tmp_path)], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    running = start_postgres(tmp_path, durable=False)
    with psycopg.connect(running.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    running.stop()


def test_a_killed_server_can_be_started_again(tmp_path: Path) -> None:
    running = start_postgres(tmp_path)
    with psycopg.connect(running.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    os.kill(_postmaster(tmp_path), signal.SIGKILL)
    assert wait_until(lambda: not running.alive, 10)

    running.start()
    with psycopg.connect(running.url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    running.stop()


def test_a_number_that_another_process_has_by_now_is_left_alone(tmp_path: Path) -> None:
    start_postgres(tmp_path, durable=False).stop()
    ours = Identity.of(os.getpid())
    assert ours is not None
    (tmp_path / "postgres/data/postmaster.pid").write_text(f"{ours.pid}\n")

    running = start_postgres(tmp_path, durable=False)
    assert ours.runs
    running.stop()


def test_an_interrupted_first_start_leaves_no_half_of_the_data(tmp_path: Path) -> None:
    half = tmp_path / "postgres/data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    running = start_postgres(tmp_path, durable=False)
    assert running.alive
    running.stop()


def test_data_of_another_version_are_refused_with_a_way_out(tmp_path: Path) -> None:
    start_postgres(tmp_path, durable=False).stop()
    (tmp_path / "postgres/data/PG_VERSION").write_text("16\n")
    with pytest.raises(EngineError, match=r"made by PostgreSQL 16 and this is 18\.\d+: carry the data over"):
        start_postgres(tmp_path)


def test_a_broken_server_says_its_reason_in_one_sentence(tmp_path: Path) -> None:
    start_postgres(tmp_path, durable=False).stop()
    (tmp_path / "postgres/data/postgresql.conf").write_text("no_such_option = 1\n")
    with pytest.raises(EngineError, match=r"PostgreSQL does not start: .*no_such_option|errors") as refusal:
        start_postgres(tmp_path)
    assert "\n" not in str(refusal.value)


def _postmaster(var: Path) -> int:
    return int((var / "postgres/data/postmaster.pid").read_text().split("\n", 1)[0])
