"""Two worker hosts as network namespaces of this machine, each with a line to PostgreSQL and Redis alone.

The lines are pairs of virtual interfaces. The hosts have no route to each other and none to anywhere else.
"""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis

from benchmarks.drills.scene import Scene, now, open_scene
from benchmarks.drills.trial import Trial, under_load
from benchmarks.drills.verdict import Outcome
from benchmarks.drills.workers import Workers, clock, freeze, workers
from benchmarks.processes import wait
from setlist.embedded import RunningPostgres, RunningRedis

IP = shutil.which("ip") or "/usr/sbin/ip"
POSTGRES_PORT, REDIS_PORT = 5432, 6379
SERVERS = "10.213.77.1"  # reached over either line
BACK_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Host:
    name: str
    number: int

    @property
    def within(self) -> tuple[str, ...]:
        """Before a command that is to run there."""
        return (IP, "netns", "exec", self.name)

    def make(self) -> None:
        line, far, near = f"{self.name}-0", f"10.213.{self.number}.2", f"10.213.{self.number}.1"
        _ip(f"netns add {self.name}")
        _ip(f"link add {line} type veth peer name eth0 netns {self.name}")
        _ip(f"addr add {near}/24 dev {line}")
        _ip(f"link set {line} up")
        for command in ("link set lo up", f"addr add {far}/24 dev eth0", "link set eth0 up"):
            _ip(f"-n {self.name} {command}")
        _ip(f"-n {self.name} route add {SERVERS}/32 via {near}")

    def cut(self) -> None:
        _ip(f"link set {self.name}-0 down")

    def join(self) -> None:
        _ip(f"link set {self.name}-0 up")

    def remove(self) -> None:
        with suppress(subprocess.CalledProcessError):
            _ip(f"netns del {self.name}")
        with suppress(subprocess.CalledProcessError):
            _ip(f"link del {self.name}-0")  # gone with the namespace, but for a moment's delay


HOSTS = (Host(name="drill-a", number=78), Host(name="drill-b", number=79))


@contextmanager
def two_hosts(folder: Path) -> Iterator[Scene]:
    """Needs root and `ip` (Debian: iproute2)."""
    with ExitStack() as undo:
        for host in HOSTS:
            host.remove()
            undo.callback(host.remove)
            host.make()
        _ip(f"addr add {SERVERS}/32 dev lo")
        undo.callback(_ip, f"addr del {SERVERS}/32 dev lo")
        options = {"listen_addresses": SERVERS, "port": str(POSTGRES_PORT)}
        yield undo.enter_context(open_scene(folder, postgres_options=options, reach=_on_the_network))


def host_cut_off(scene: Scene) -> Outcome:
    """No packet for longer than a lease, and then again; jobs in mid-transaction, their locks held."""

    def cut(first: Host, workers: Workers) -> None:
        first.cut()
        time.sleep(scene.lease_seconds + 15)
        first.join()

    return _on_two_hosts(scene, cut)


def host_killed(scene: Scene) -> Outcome:
    """All of one host at once, as if its power were cut: no connection is closed in good order."""

    def kill(first: Host, workers: Workers) -> None:
        first.cut()
        workers.kill_all()

    return _on_two_hosts(scene, kill, comes_back=False)


def host_frozen(scene: Scene) -> Outcome:
    """All processes of one host, as if its virtual machine were paused; its connections stay open."""

    def stop(first: Host, workers: Workers) -> None:
        freeze([one.pid for one in workers.family()], scene.lease_seconds + 15)

    return _on_two_hosts(scene, stop)


def _on_two_hosts(scene: Scene, hurt: Callable[[Host, Workers], None], *, comes_back: bool = True) -> Outcome:
    first, second = HOSTS
    with under_load(scene, within=first.within) as trial:  # its clock leads
        trial.running_programs.enter_context(clock(scene, within=second.within))
        trial.running_programs.enter_context(workers(scene, within=second.within))
        trial.long_jobs(each=2, locks=True)
        pids = trial.workers.pids()
        victims = trial.running(pids)
        trial.expect("the host was busy", holds=bool(victims))
        trial.mark(victims)
        hurt(first, trial.workers)
        if comes_back:
            _until_it_works_again(trial, pids)
    first.join()
    return trial.outcome()


def _until_it_works_again(trial: Trial, pids: list[int]) -> None:
    since = now()

    def has_claimed() -> bool:
        owners = trial.scene.rows(
            "SELECT worker FROM queue_job_attempts WHERE started_at > :since", since=since
        )
        return any(int(owner.rsplit(":", 2)[1]) in pids for (owner,) in owners)

    try:
        seconds = wait("the host claims jobs again", has_claimed, seconds=BACK_SECONDS)
    except TimeoutError as error:
        trial.complaints.append(str(error))
    else:
        trial.notes.append(f"the host worked again {seconds:.1f} s after its return")


def _on_the_network(postgres: RunningPostgres, redis_server: RunningRedis) -> tuple[str, str]:
    hba = postgres.folder / "data/pg_hba.conf"
    with hba.open("a") as file:
        file.write("host all all 10.213.0.0/16 trust\n")
    with psycopg.connect(postgres.url, autocommit=True) as admin:
        admin.execute("SELECT pg_reload_conf()")
    with redis.Redis.from_url(redis_server.url) as client:
        client.config_set("protected-mode", "no")
        client.config_set("bind", SERVERS)
        client.config_set("port", str(REDIS_PORT))
    return (
        f"postgresql://postgres@{SERVERS}:{POSTGRES_PORT}/setlist",
        f"redis://{SERVERS}:{REDIS_PORT}/0",
    )


def _ip(command: str) -> None:
    subprocess.run([IP, *command.split()], check=True, capture_output=True, text=True)
