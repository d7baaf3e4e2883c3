"""Redis or Valkey, whichever this machine has, on real data folders."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import redis

from setlist.embedded import EngineError, start_redis
from setlist.embedded.processes import Identity, wait_until

START_AND_DIE = """
import os, pathlib, signal, sys
from setlist.embedded import start_redis
start_redis(pathlib.Path(sys.argv[1]))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_it_keeps_its_data_and_never_drops_any_for_want_of_memory(tmp_path: Path) -> None:
    first = start_redis(tmp_path)
    with redis.Redis.from_url(first.url) as client:
        client.set("kept", 7)
        assert client.info()["maxmemory_policy"] == "noeviction"
        assert client.config_get("port") == {"port": "0"}
    first.stop()

    second = start_redis(tmp_path)
    with redis.Redis.from_url(second.url) as client:
        assert client.get("kept") == b"7"
    second.stop()


def test_a_folder_too_deep_for_a_socket_is_no_obstacle(tmp_path: Path) -> None:
    running = start_redis(tmp_path / 'a folder with "quotes" and spaces' / ("deep" * 20))
    with redis.Redis.from_url(running.url) as client:
        assert client.ping()
    running.stop()


def test_a_second_start_on_the_same_data_is_refused_while_the_first_runs(tmp_path: Path) -> None:
    running = start_redis(tmp_path)
    with pytest.raises(EngineError, match=f"already in use by process {os.getpid()}"):
        start_redis(tmp_path)
    running.stop()


def test_a_killed_starter_does_not_stop_the_next_start(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", START_AND_DIE, str(tmp_path)], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    running = start_redis(tmp_path)
    with redis.Redis.from_url(running.url) as client:
        assert client.ping()
    running.stop()


def test_a_server_left_running_is_ended_by_the_next_start(tmp_path: Path) -> None:
    """As where the kernel does not end a child with its parent."""
    left = start_redis(tmp_path)
    earlier = Identity.read(tmp_path / "redis/process.json")
    assert earlier is not None
    left._home.close()  # its lock goes with its starter

    running = start_redis(tmp_path)
    assert wait_until(lambda: not left.alive, 10)
    running.stop()


def test_a_killed_server_can_be_started_again(tmp_path: Path) -> None:
    running = start_redis(tmp_path)
    identity = Identity.read(tmp_path / "redis/process.json")
    assert identity is not None
    os.kill(identity.pid, signal.SIGKILL)
    assert wait_until(lambda: not running.alive, 10)
    running.start()
    assert running.alive
    running.stop()
