"""PostgreSQL restarted, crashed, its connections cut, and its disk full."""

import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from benchmarks.drills.scene import Scene, open_scene
from benchmarks.drills.trial import Trial, under_load
from benchmarks.drills.verdict import Outcome
from benchmarks.processes import wait

DOWN_SECONDS = 3.0
KILLS = 8
BETWEEN_KILLS = 1.0
DISK_BYTES = 160 * 2**20
FULL_SECONDS = 8.0
REFUSALS = 3  # until it counts as full


def postgres_restart(scene: Scene) -> Outcome:
    """Stopped in order, away for seconds, started again."""
    return _restart(scene, signal.SIGINT)


def postgres_crash(scene: Scene) -> Outcome:
    """Ends without a word to anybody, and replays its log at the start."""
    return _restart(scene, signal.SIGQUIT)


def killed_backends(scene: Scene) -> Outcome:
    """Every connection but the administrator's is ended, again and again."""
    with under_load(scene) as trial:
        trial.long_jobs()
        with psycopg.connect(scene.postgres.url, autocommit=True) as admin:
            for _ in range(KILLS):
                time.sleep(BETWEEN_KILLS)
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        trial.mark_waiting()
        trial.mark(trial.running())
    return trial.outcome()


def disk_full(scene: Scene) -> Outcome:
    """The disk of PostgreSQL fills up until inserts are refused, and has room again after a while."""
    ballast = scene.postgres.folder.parent / "ballast"
    with under_load(scene) as trial:
        trial.long_jobs(steps=80)
        _fill(ballast)
        wait("inserts are refused", lambda: len(trial.load.refusals) >= REFUSALS, seconds=60)
        time.sleep(FULL_SECONDS)
        ballast.unlink()
        _revive(trial)
        trial.mark_waiting()
        trial.mark(trial.running())
    unclean = sorted({text for text in trial.load.refusals if not _is_clean(text)})
    trial.expect(
        f"refusals say that the disk is full or the server is away: {unclean[:2]}", holds=not unclean
    )
    return trial.outcome()


@contextmanager
def on_small_disk(folder: Path) -> Iterator[Scene]:
    """PostgreSQL's data on a tmpfs. Needs root."""
    with tempfile.TemporaryDirectory(prefix="setlist-drill-") as disk:
        Path(disk).chmod(0o755)
        subprocess.run(
            ["/bin/mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=755", "tmpfs", disk], check=True
        )
        try:
            small = {"min_wal_size": "32MB", "max_wal_size": "48MB"}
            with open_scene(folder, postgres_folder=Path(disk), postgres_options=small) as scene:
                yield scene
        finally:
            subprocess.run(["/bin/umount", "-l", disk], check=True)


def _restart(scene: Scene, number: int) -> Outcome:
    with under_load(scene) as trial:
        trial.long_jobs()
        victims = trial.running()
        scene.stop_postgres(number)
        time.sleep(DOWN_SECONDS)
        scene.postgres.start()
        trial.mark(victims)
        trial.mark_waiting()
    return trial.outcome()


def _fill(ballast: Path) -> None:
    block = b"\0" * 65_536
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(block):
            pass


def _revive(trial: Trial) -> None:
    """As its supervisor would: a server that could not write its log has ended."""
    postgres = trial.scene.postgres
    if postgres.alive:
        return
    trial.notes.append("the server had ended")
    postgres.start()


def _is_clean(refusal: str) -> bool:
    said = refusal.lower()
    return any(
        word in said
        for word in (
            "no space left", "diskfull", "could not extend", "connection", "recovery mode", "starting up",
            "shutting down", "terminating",
        )
    )  # fmt: skip
