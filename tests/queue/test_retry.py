import pytest

from setlist.queue.names import QueueRule
from setlist.queue.retry import delay_after, steady_delay

RULE = QueueRule(purpose="", group="short", time_limit=1, first_delay=5, growth=4, longest_delay=1800)


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(0, 5), (1, 5), (2, 20), (3, 80), (4, 320), (5, 1280), (6, 1800), (30_000, 1800)],
)
def test_delays_grow_up_to_the_longest(attempts, seconds):
    assert steady_delay(RULE, attempts) == seconds


def test_jobs_that_failed_together_come_back_apart():
    delays = {delay_after(RULE, 2) for _ in range(100)}

    assert len(delays) > 50
    assert min(delays) >= 15
    assert max(delays) <= 25
