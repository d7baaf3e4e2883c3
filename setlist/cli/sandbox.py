"""`setlist sandbox`: the providers' stand-ins, as the SANDBOX_* settings say, or these options."""

import click

from setlist.cli.complaints import ComplaintError, read_settings
from setlist.cli.ports import sandbox_place
from setlist.sandbox.options import SandboxOptions
from setlist.sandbox.server import serve

DEFAULT_PLACE = ("127.0.0.1", 8090)


@click.command()
@click.option("--host", help="The address it listens on.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port it listens on.")
@click.option("--artists", type=int, help="How many artists it invents.")
@click.option("--seed", type=int, help="The same seed gives the same catalogue.")
@click.option("--latency-ms", type=click.IntRange(min=0), help="Delay of each answer.")
@click.option("--limits/--no-limits", default=None, help="Enforce the real providers' rate limits.")
def sandbox(host: str | None, port: int | None, **given: int | bool | None) -> None:
    """Stand-ins for MusicBrainz, Ticketmaster, setlist.fm and Spotify, with invented artists."""
    settings = read_settings()
    default_host, default_port = sandbox_place(settings) or DEFAULT_PLACE
    wanted = {name: getattr(settings, f"sandbox_{name}") for name in given}
    wanted |= {name: value for name, value in given.items() if value is not None}
    try:
        options = SandboxOptions(**wanted)
    except ValueError as error:
        raise ComplaintError(str(error)) from error
    serve(options, host=host or default_host, port=port or default_port)
