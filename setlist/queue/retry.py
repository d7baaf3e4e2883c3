"""How long a failed job waits."""

from random import SystemRandom

from setlist.queue.names import QueueRule

_JITTER = SystemRandom()
_SPREAD = 0.25  # jobs that failed together do not come back together


def delay_after(rule: QueueRule, attempts: int) -> float:
    """Seconds until the next attempt, with jitter."""
    return steady_delay(rule, attempts) * _JITTER.uniform(1 - _SPREAD, 1 + _SPREAD)


def steady_delay(rule: QueueRule, attempts: int) -> float:
    """The same without jitter. `attempts` were made, the last of which failed."""
    doublings = min(max(attempts - 1, 0), 64)  # a float overflows at about 500
    return min(rule.first_delay * rule.growth**doublings, rule.longest_delay)
