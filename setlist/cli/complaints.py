"""What stops a command, in one sentence that says what to do."""

from typing import NoReturn

import click
from pydantic import ValidationError

from config import Settings

PRODUCTION = "in production "


class ComplaintError(click.ClickException):
    """Printed without a traceback; the command ends with status 1."""

    def show(self, file: object = None) -> None:
        click.echo(f"Setlist: {self.message}", err=True)


def read_settings() -> Settings:
    """The settings, or one clear message with a line for each that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        refuse_settings(error)


def refuse_settings(error: ValidationError) -> NoReturn:
    lines = [f"  {name}: {problem}" for name, problem in setting_problems(error)]
    message = "the settings (environment and .env) are not usable; .env.example explains each:\n"
    raise ComplaintError(message + "\n".join(lines)) from error


def setting_problems(error: ValidationError) -> list[tuple[str, str]]:
    """Each wrong setting's name and what is wrong with it; the value is not repeated, it may be secret."""
    problems = []
    for problem in error.errors(include_url=False, include_input=False):
        said = problem["msg"].removeprefix("Value error, ")
        if problem["loc"]:
            problems.append((str(problem["loc"][0]).upper(), said))
        else:  # about several settings at once: "in production SECRET_KEY must be …; DEBUG must be off"
            parts = [part.partition(" ") for part in said.removeprefix(PRODUCTION).split("; ")]
            ending = ", in production" if said.startswith(PRODUCTION) else ""
            problems += [(name, f"{rest}{ending}") for name, _, rest in parts]
    return problems
