"""What a watcher is told of the time left, and how far off that was."""

from collections.abc import Sequence
from statistics import median

MOMENTS = 50  # of the second half, at which it is looked at
WRONG = 1.0  # nothing was said, or that nothing was left

Told = tuple[float, float | None]  # seconds since the start, and what was estimated then


def counted_down(left: float | None, age: float) -> float | None:
    """What is left of an estimate that is `age` seconds old."""
    return None if left is None else max(0.0, left - max(age, 0.0))


def estimate_error(told: Sequence[Told], took: float) -> float | None:
    """The median of |told - true| / true at even moments of the second half; None without any estimate.

    Moments and not events, since somebody who watches sees each estimate for as long as it stands.
    """
    if took <= 0 or not any(left is not None for _, left in told):
        return None
    return median(
        _error_at(told, took, took * (0.5 + 0.5 * (place + 0.5) / MOMENTS)) for place in range(MOMENTS)
    )


def _error_at(told: Sequence[Told], took: float, at: float) -> float:
    latest = max((one for one in told if one[0] <= at), key=lambda one: one[0], default=None)
    left = counted_down(latest[1], at - latest[0]) if latest is not None else None
    return WRONG if left is None else abs(left - (took - at)) / (took - at)
