"""What stops a command, in one sentence that says what to do."""

import click

from config import Settings
from setlist.complaints import load_settings, setting_problems

__all__ = ["ComplaintError", "read_settings", "setting_problems"]


class ComplaintError(click.ClickException):
    """Printed without a traceback; the command ends with status 1."""

    def show(self, file: object = None) -> None:
        click.echo(f"Setlist: {self.message}", err=True)


def read_settings() -> Settings:
    """The settings, or the command's end with status 1 and a line for each that is wrong."""
    return load_settings()
