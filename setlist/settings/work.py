"""Jobs and votes."""

import re
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, Field, field_validator
from pydantic_settings import NoDecode

ONE_GROUP = re.compile(r"([a-z]+)\s*=\s*(\d{1,2})\s*x\s*(\d{1,2})")
USUAL_THREADS = 4


class GroupSize(NamedTuple):
    processes: int
    threads: int  # jobs at once in each process


class JobSettings(BaseModel):
    worker_groups: Annotated[dict[str, GroupSize], NoDecode] = Field(
        {"short": GroupSize(1, 4), "imports": GroupSize(1, 4), "background": GroupSize(1, 3)},
        description="groups of workers that `setlist workers` starts here, each with its processes x jobs at "
        "once in each; a group that is left out is to run elsewhere; all=1x4 is one process for everything",
    )
    job_lease_seconds: float = Field(
        12.0, ge=2, description="a job whose worker is silent for this long goes to another"
    )
    job_attempts: int = Field(5, ge=1, description="attempts before a job is given up as dead")
    shutdown_grace_seconds: float = Field(
        8.0, gt=0, description="how long a stopping worker may take to reach a checkpoint"
    )

    def threads_of(self, group: str) -> int:
        size = self.worker_groups.get(group)
        return size.threads if size is not None else USUAL_THREADS

    @field_validator("worker_groups", mode="before")
    @classmethod
    def _sizes(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        found = [ONE_GROUP.fullmatch(part.strip()) for part in value.split(",")]
        if not all(found):
            raise ValueError("must be groups such as short=1x4,imports=2x4,background=1x3")
        return {part[1]: GroupSize(int(part[2]), int(part[3])) for part in found if part}

    @field_validator("worker_groups")
    @classmethod
    def _some_of_each(cls, value: dict[str, GroupSize]) -> dict[str, GroupSize]:
        if not all(1 <= number <= 64 for size in value.values() for number in size):
            raise ValueError("must have 1 to 64 processes and 1 to 64 jobs at once in each group")
        return value


class VotingSettings(BaseModel):
    guest_wishes: int = Field(5, ge=1, le=100, description="wishes of a guest at one show")
    account_wishes: int = Field(15, ge=1, le=100, description="wishes of an account at one show")
    default_start_hour: int = Field(
        20, ge=0, le=23, description="local hour at which voting locks where no start time is known"
    )
