import pytest

from config import Settings
from config import Sources as Origin
from setlist.providers.habits import breaker_rule, budget_rule
from setlist.providers.sources import NAMES


def settings(**values: object) -> Settings:
    return Settings(_env_file=None, **values)


LIVE = {"sources": Origin.LIVE}
LIMITED = {"sources": Origin.SANDBOX, "sandbox_limits": True}


@pytest.mark.parametrize(
    ("name", "per_second", "per_day"),
    [("musicbrainz", 1, None), ("ticketmaster", 2, 5_000), ("setlistfm", 1, 1_440), ("spotify", 2.8, 1_500)],
)
def test_live_budgets_are_the_documented_ones(name: str, per_second: float, per_day: int | None) -> None:
    rule = budget_rule(name, settings(**LIVE))
    assert rule.per_second == per_second
    assert (rule.allowance and rule.allowance.calls) == per_day
    assert rule.allowance is None or rule.allowance.seconds == 86_400


def test_a_key_that_may_do_more_is_a_setting() -> None:
    rule = budget_rule("setlistfm", settings(**LIVE, setlistfm_per_second=16, setlistfm_per_day=50_000))
    assert rule.allowance is not None
    assert (rule.per_second, rule.allowance.calls) == (16, 50_000)


def test_setlistfm_alone_keeps_calls_for_the_mornings_after_shows() -> None:
    rules = {name: budget_rule(name, settings(**LIVE)).allowance for name in NAMES}
    kept = {name: rule.for_setlists for name, rule in rules.items() if rule is not None}
    assert kept == {"ticketmaster": 0, "setlistfm": 216, "spotify": 0}
    assert all(rule.for_fans for rule in rules.values() if rule is not None)


def test_a_sandbox_whose_clock_runs_faster_is_asked_faster() -> None:
    rule = budget_rule("setlistfm", settings(**LIMITED, sandbox_limit_speed=60))
    assert rule.allowance is not None
    assert (rule.per_second, rule.allowance.calls, rule.allowance.seconds) == (60, 1_440, 1_440)


def test_a_sandbox_without_limits_is_asked_as_fast_as_it_goes() -> None:
    rule = budget_rule("musicbrainz", settings(sandbox_limit_speed=60))
    assert rule.per_second > 1_000
    assert rule.allowance is None


def test_each_provider_has_its_own_patience() -> None:
    rules = {breaker_rule(name, settings(provider_rest_seconds=10)) for name in NAMES}
    assert len(rules) > 2
    assert all(rule.trial_seconds > settings().provider_total_seconds for rule in rules)
