"""Reading the settings when a program starts, and what is said where they cannot be used."""

import re

from pydantic import ValidationError

from config import IN_PRODUCTION, Settings


def load_settings(*, with_servers: bool = False) -> Settings:
    """The settings; or the program's end with a line for each that is wrong or, `with_servers`, missing."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise SystemExit(complaint(setting_problems(error))) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SystemExit(f"Setlist: a settings file (.env) cannot be read: {error}") from None
    missing = [name for name in ("database_url", "redis_url") if getattr(settings, name) is None]
    if with_servers and missing:
        remedy = "is not set: give it, or let `make run` start an embedded server"
        raise SystemExit(complaint([(name.upper(), remedy) for name in missing]))
    return settings


def complaint(problems: list[tuple[str, str]]) -> str:
    lines = [f"  {name}: {problem}" for name, problem in problems]
    head = "Setlist: the settings (environment and .env) are not usable; .env.example explains each:"
    return "\n".join([head, *lines])


def setting_problems(error: ValidationError) -> list[tuple[str, str]]:
    """Each wrong setting's name and what is wrong with it; the value is not repeated, it may be secret."""
    problems = []
    for problem in error.errors(include_url=False, include_input=False):
        said = problem["msg"].removeprefix("Value error, ")
        said = re.sub(r"^(Input|String) should", "must", said).partition(", unable to")[0]
        if problem["loc"]:
            problems.append((str(problem["loc"][0]).upper(), said))
        else:  # about several settings at once: "in production SECRET_KEY must be …; DEBUG must be off"
            parts = [part.partition(" ") for part in said.removeprefix(IN_PRODUCTION).split("; ")]
            ending = ", in production" if said.startswith(IN_PRODUCTION) else ""
            problems += [(name, f"{rest}{ending}") for name, _, rest in parts]
    return problems
