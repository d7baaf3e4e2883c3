"""`setlist first-admin`: make the first admin if there is none, and print its password."""

import click

from setlist.app import create_app
from setlist.cli.admin import FIRST_ADMIN, ensure_admin
from setlist.cli.complaints import read_settings


@click.command()
def first_admin() -> None:
    """Make the first admin if there is none; print its address and password, of which only a hash is kept."""
    password = ensure_admin(create_app(read_settings()))
    click.echo(f"{FIRST_ADMIN} {password}" if password else FIRST_ADMIN)
