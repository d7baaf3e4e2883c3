"""The numbers of PostgreSQL's advisory locks, in one place so that no two mean the same."""

from enum import IntEnum


class AdvisoryLock(IntEnum):
    MIGRATION = 7_265_001  # one at a time, however many processes start at once
    CLOCK = 7_265_002  # who holds it leads
    CATALOGUE = 7_265_003  # one import at a time looks up and adds what several artists share
