"""The embedded servers of a run, and the file that tells other commands where they are."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from config import Settings
from setlist.cli.complaints import ComplaintError
from setlist.embedded import EngineError, RunningPostgres, RunningRedis, start_postgres, start_redis


@dataclass(frozen=True, kw_only=True)
class Engines:
    running: tuple[RunningPostgres | RunningRedis, ...]
    addresses: dict[str, str]  # setting: its value

    def revive(self) -> list[str]:
        """Start again what died; the names of those."""
        dead = [engine for engine in self.running if not engine.alive]
        try:
            for engine in dead:
                engine.start()
        except EngineError as error:
            raise ComplaintError(str(error)) from error
        return [engine.name for engine in dead]


@contextmanager
def engines(settings: Settings, services_file: Path) -> Iterator[Engines]:
    """Those for which no server is configured, until the block ends."""
    with ExitStack() as stack:
        running: list[RunningPostgres | RunningRedis] = []
        addresses = {}
        try:
            if settings.database_url is None:
                postgres = start_postgres(settings.var_dir)
                stack.callback(postgres.stop)
                running.append(postgres)
                addresses["DATABASE_URL"] = postgres.url
            if settings.redis_url is None:
                redis = start_redis(settings.var_dir)
                stack.callback(redis.stop)
                running.append(redis)
                addresses["REDIS_URL"] = redis.url
        except EngineError as error:
            raise ComplaintError(str(error)) from error
        if addresses:
            _write(services_file, addresses)
            stack.callback(services_file.unlink, missing_ok=True)
        yield Engines(running=tuple(running), addresses=addresses)


def _write(file: Path, addresses: dict[str, str]) -> None:
    file.write_text("".join(f"{name}={value}\n" for name, value in addresses.items()))
    file.chmod(0o600)
