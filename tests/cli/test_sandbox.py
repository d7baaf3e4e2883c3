"""What `setlist sandbox` starts with."""

import pytest
from click.testing import CliRunner

from config import Settings
from setlist.cli import sandbox as command
from setlist.sandbox.options import SandboxOptions


def test_it_is_what_the_settings_say() -> None:
    settings = Settings(
        sandbox_artists=12, sandbox_limits=True, sandbox_limit_speed=3_600, spotify_mode="extended"
    )
    options = command.options_for(settings, {})
    assert (options.artists, options.limits, options.limit_speed) == (12, True, 3_600)
    assert options.spotify_mode == "extended"


def test_its_own_options_win(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[SandboxOptions] = []
    monkeypatch.setenv("SANDBOX_LIMIT_SPEED", "60")
    monkeypatch.setattr(command, "serve", lambda options, **_: started.append(options))
    given = ["--artists", "9", "--limit-speed", "7.5", "--spotify-mode", "extended", "--no-limits"]
    result = CliRunner().invoke(command.sandbox, given, catch_exceptions=False)
    assert result.exit_code == 0
    assert (started[0].artists, started[0].limit_speed, started[0].limits) == (9, 7.5, False)
    assert started[0].spotify_mode == "extended"


@pytest.mark.parametrize("given", [["--limit-speed", "0"], ["--spotify-mode", "premium"], ["--artists", "0"]])
def test_an_impossible_option_is_refused(given: list[str]) -> None:
    assert CliRunner().invoke(command.sandbox, given).exit_code != 0
