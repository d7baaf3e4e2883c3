"""Processors with clients of a sandbox of their own."""

import dataclasses
from collections.abc import Callable, Iterator

import pytest
import requests
from flask import Flask
from sqlalchemy.orm import Session

from setlist.models import Artist, SyncJob
from setlist.pipeline.start import start_import
from setlist.sandbox.options import SandboxOptions
from setlist.sandbox.server import RunningSandbox, start_in_thread

SMALL = "53dcc686-a92e-4999-b7c7-1a76b1752b74"  # an act whom all four providers know, with a few shows


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with start_in_thread(SandboxOptions(artists=10, seed=7, latency_ms=0)) as running:
        yield running


@pytest.fixture
def new_process(
    app: Flask, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], None]]:
    """Clients of the sandbox that remember nothing; again when it is called."""
    settings = app.extensions["settings"].model_copy(update={"sandbox_url": sandbox.url})
    monkeypatch.setitem(app.extensions, "settings", settings)

    def begin() -> None:
        app.extensions["providers"].close()
        providers = dataclasses.replace(app.extensions["providers"], settings=settings)
        monkeypatch.setitem(app.extensions, "providers", providers)

    begin()
    yield begin
    app.extensions["providers"].close()


@pytest.fixture
def switch(sandbox: RunningSandbox) -> Iterator[Callable[..., None]]:
    """Changes the sandbox until the test ends."""

    def change(**switches: object) -> None:
        requests.post(f"{sandbox.url}/_control", json=switches, timeout=5).raise_for_status()

    yield change
    requests.delete(f"{sandbox.url}/_control", timeout=5).raise_for_status()


def requested(session: Session, mbid: str) -> SyncJob:
    artist = Artist(mbid=mbid, name="Whoever", name_folded="whoever")
    session.add(artist)
    session.flush()
    sync = start_import(session, artist)
    session.commit()
    return sync
