"""The app as commands that ask the providers open it: with the network, or with a folder of answers."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import OperationalError

from config import Settings
from setlist.app import create_app
from setlist.cli.complaints import ComplaintError
from setlist.cli.findings import State, refuse_failed
from setlist.cli.postgres import check_tables
from setlist.cli.redis_check import check_redis
from setlist.providers.recorded import record, replayed
from setlist.providers.sources import Providers
from setlist.services.redis_client import PATIENT_SECONDS

FOLDER = click.Path(file_okay=False, path_type=Path)


def answer_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--answers` and `--record`."""
    answers = click.option(
        "--answers",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Recorded answers instead of calls: nothing leaves this machine.",
    )
    recording = click.option("--record", "into", type=FOLDER, help="Write every answer into this folder.")
    return answers(recording(command))


@contextmanager
def opened(answers: Path | None = None, into: Path | None = None) -> Iterator[Flask]:
    """The app in its context, after a look at the tables; a PostgreSQL that is away is said in words."""
    if answers is not None and into is not None:
        raise click.UsageError("--answers makes no call that --record could write down: give one of them")
    app = create_app(redis_seconds=PATIENT_SECONDS)
    _check(app.extensions["settings"])
    with app.app_context(), _quiet(), _providers(app, answers, into):
        try:
            yield app
        except OperationalError as error:
            raise ComplaintError(f"PostgreSQL does not answer ({type(error).__name__}): start it") from error


def _check(settings: Settings) -> None:
    """Without PostgreSQL nothing goes; without Redis all does, later or by this process alone."""
    tables = check_tables(settings.database_url)
    if tables.detail.startswith("at "):
        tables = replace(tables, detail=f"the tables are {tables.detail}")
    refuse_failed([tables])
    (about_redis, *_) = check_redis(settings.redis_url)
    if about_redis.state is State.FAILED:
        click.echo(f"Warning: {about_redis.detail}: {about_redis.remedy}", err=True)


@contextmanager
def _providers(app: Flask, answers: Path | None, into: Path | None) -> Iterator[None]:
    own: Providers = app.extensions["providers"]
    if answers is not None:
        app.extensions["providers"] = replayed(app.extensions["settings"], answers)
    if into is not None:
        _make(into)
        record(own, into)
    try:
        yield
    finally:
        app.extensions["providers"].close()
        app.extensions["providers"] = own
        own.close()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ComplaintError(f"{folder} cannot be made ({error.strerror}): give another folder") from error


@contextmanager
def _quiet() -> Iterator[None]:
    """The progress and the summary say what the log would; a failure's traceback is kept with its job."""
    logger = logging.getLogger("setlist")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)
