"""`setlist sandbox`: the providers' stand-ins, as SANDBOX_* and SPOTIFY_MODE say, or these options."""

from typing import Any

import click

from config import Settings
from setlist.cli.complaints import ComplaintError, read_settings
from setlist.cli.ports import sandbox_place
from setlist.sandbox.options import SPOTIFY_MODES, SandboxOptions
from setlist.sandbox.server import serve

DEFAULT_PLACE = ("127.0.0.1", 8090)


@click.command()
@click.option("--host", help="The address it listens on.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port it listens on.")
@click.option("--artists", type=int, help="How many artists it invents.")
@click.option("--seed", type=int, help="The same seed gives the same catalogue.")
@click.option("--latency-ms", type=click.IntRange(min=0), help="Delay of each answer.")
@click.option("--limits/--no-limits", default=None, help="Enforce the real providers' rate limits.")
@click.option("--limit-speed", type=click.FloatRange(min=0, min_open=True), help="How fast their clock runs.")
@click.option("--spotify-mode", type=click.Choice(SPOTIFY_MODES), help="What Spotify's account may use.")
def sandbox(host: str | None, port: int | None, **given: float | bool | str | None) -> None:
    """Stand-ins for MusicBrainz, Ticketmaster, setlist.fm and Spotify, with invented artists."""
    settings = read_settings()
    default_host, default_port = sandbox_place(settings) or DEFAULT_PLACE
    try:
        options = options_for(settings, {name: value for name, value in given.items() if value is not None})
    except ValueError as error:
        raise ComplaintError(str(error)) from error
    serve(options, host=host or default_host, port=port or default_port)


def options_for(settings: Settings, given: dict[str, Any]) -> SandboxOptions:
    """As the settings say, and the options that are given instead."""
    named = ("artists", "seed", "latency_ms", "limits", "limit_speed")
    wanted: dict[str, Any] = {name: getattr(settings, f"sandbox_{name}") for name in named}
    return SandboxOptions(**(wanted | {"spotify_mode": settings.spotify_mode.value} | given))
