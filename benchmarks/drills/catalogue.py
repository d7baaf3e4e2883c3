"""Which drills there are: what each does to which scene."""

import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.drills import delivery, hosts, imports, kills, postgres_faults, redis_faults
from benchmarks.drills.scene import Scene, open_scene
from benchmarks.drills.verdict import Outcome

SHORT_LEASE = 4.0  # seconds, for a worker that is frozen past it


@dataclass(frozen=True, kw_only=True)
class Drill:
    """`needs_root`: it mounts a disk, or makes networks."""

    run: Callable[[Scene], Outcome]
    scene: Callable[[Path], AbstractContextManager[Scene]] = open_scene
    needs_root: bool = False

    @property
    def obstacle(self) -> str:
        """Why it cannot run here; empty if it can."""
        return "needs root" if self.needs_root and os.geteuid() != 0 else ""


DRILLS: Mapping[str, Drill] = {
    "kill_child": Drill(run=kills.kill_child),
    "kill_master": Drill(run=kills.kill_master),
    "kill_all": Drill(run=kills.kill_all),
    "sigterm_loop": Drill(run=kills.sigterm_loop),
    "frozen_worker": Drill(run=kills.frozen_worker, scene=partial(open_scene, job_lease_seconds=SHORT_LEASE)),
    "poison": Drill(run=delivery.poison),
    "crash_before_send": Drill(run=delivery.crash_before_send),
    "duplicates": Drill(run=delivery.duplicates),
    "redis_restart": Drill(run=redis_faults.redis_restart),
    "redis_flushed": Drill(run=redis_faults.redis_flushed),
    "redis_frozen": Drill(run=redis_faults.redis_frozen),
    "postgres_restart": Drill(run=postgres_faults.postgres_restart),
    "postgres_crash": Drill(run=postgres_faults.postgres_crash),
    "killed_backends": Drill(run=postgres_faults.killed_backends),
    "disk_full": Drill(run=postgres_faults.disk_full, scene=postgres_faults.on_small_disk, needs_root=True),
    "killed_import": Drill(run=imports.killed_import, scene=imports.with_sandbox),
    **{
        name: Drill(run=run, scene=hosts.two_hosts, needs_root=True)
        for name, run in {
            "host_cut_off": hosts.host_cut_off,
            "host_killed": hosts.host_killed,
            "host_frozen": hosts.host_frozen,
        }.items()
    },
}
