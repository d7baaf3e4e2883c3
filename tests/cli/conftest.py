"""Commands over the app of the tests, with a sandbox that can be stopped."""

import dataclasses
import os
from collections.abc import Callable, Iterator

import pytest
from click import Command
from click.testing import CliRunner, Result
from flask import Flask

from setlist.cli import answers_from, following
from setlist.sandbox.options import SandboxOptions
from setlist.sandbox.server import RunningSandbox, start_in_thread

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with start_in_thread(SandboxOptions(artists=60, seed=7, latency_ms=0)) as running:
        yield running


@pytest.fixture
def use(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[Command, str], Run]:
    """Commands whose app is that of the tests, in a process of its own that finds the sandbox at an address.

    There is no worker, so nothing is won by waiting for one.
    """
    monkeypatch.setattr(following, "TAKEN_WITHIN", 0.0)
    monkeypatch.setattr(following, "LOOK_EVERY", 0.02)

    def using(command: Command, sandbox_url: str) -> Run:
        settings = app.extensions["settings"].model_copy(
            update={"sandbox_url": sandbox_url, "sandbox_limits": False}
        )

        def create_app(**_: object) -> Flask:
            monkeypatch.setitem(app.extensions, "settings", settings)
            providers = dataclasses.replace(app.extensions["providers"], settings=settings)
            monkeypatch.setitem(app.extensions, "providers", providers)
            return app

        def run(*arguments: str | os.PathLike[str], **given: str) -> Result:
            monkeypatch.setattr(answers_from, "create_app", create_app)
            return CliRunner().invoke(command, [os.fspath(one) for one in arguments], **given)  # type: ignore[arg-type]

        return run

    return using
