"""`setlist first-admin`: make the first admin if there is none, and print its password."""

import click

from setlist.cli.admin import ensure_admin
from setlist.cli.complaints import read_settings


@click.command()
def first_admin() -> None:
    """Make the first admin if there is none, and print its password (once; only its hash is kept)."""
    password = ensure_admin(read_settings())
    if password is not None:
        click.echo(password)
