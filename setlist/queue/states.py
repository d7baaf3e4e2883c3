"""Conditions on a job's state, spelled as constants.

Partial indexes serve a query only if the planner sees constants; bound parameters hide them from it.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, literal_column

from setlist.models.queue import ACTIVE, WAITING, JobState, QueueJob


def state_is(*states: JobState) -> ColumnElement[bool]:
    return QueueJob.state.in_(_constants(states))


def _constants(states: Iterable[JobState]) -> list[ColumnElement[str]]:
    return [literal_column(f"'{state.value}'") for state in states]


IS_WAITING = state_is(*WAITING)
IS_ACTIVE = state_is(*ACTIVE)
IS_RUNNING = state_is(JobState.RUNNING)
