"""`setlist release`: bring the tables up to date. Safe to run at every start."""

import click
from flask_migrate import upgrade
from sqlalchemy.exc import OperationalError

from setlist.app import create_app
from setlist.cli.complaints import read_settings
from setlist.cli.findings import refuse_failed
from setlist.cli.postgres import explain


@click.command()
def release() -> None:
    """Bring the tables up to date."""
    settings = read_settings()
    app = create_app(settings)
    try:
        with app.app_context():
            upgrade()
    except OperationalError as error:
        refuse_failed([explain(str(error.orig), settings.database_url or "")])
