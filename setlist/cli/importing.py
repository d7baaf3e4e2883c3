"""`setlist import`: an artist by name or MusicBrainz id, or recorded answers out of files."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from flask import Flask

from config import Settings
from setlist.cli.answers_from import answer_options, opened
from setlist.cli.choosing import chosen_artist
from setlist.cli.complaints import ComplaintError
from setlist.cli.file_import import FileImport
from setlist.cli.file_import import as_text as files_as_text
from setlist.cli.following import Follower, Outcome
from setlist.cli.progress import teller_for
from setlist.cli.synced import as_json as sync_as_json
from setlist.cli.synced import as_text as sync_as_text
from setlist.extensions import db
from setlist.models import SyncJob
from setlist.pipeline.files.loading import FileProblem
from setlist.pipeline.start import start_import
from setlist.providers.reading import mbid as as_mbid
from setlist.providers.sources import Providers
from setlist.services.budget import Purpose


@click.command("import")
@click.argument("what", nargs=-1, required=True)
@answer_options
@click.option("--artist", "mbid", help="The MusicBrainz id of whose a file is that does not say.")
@click.option(
    "--dry-run", "is_dry", is_flag=True, help="Of files: say what would be written, and write nothing."
)
@click.option("--json", "as_json", is_flag=True, help="The summary as JSON.")
def import_(what: tuple[str, ...], answers: Path | None, into: Path | None, **options: Any) -> None:
    """Bring in an artist, by name or MusicBrainz id; or recorded answers, by file or folder."""
    paths = _paths(what)
    if paths and (answers or into):
        raise click.UsageError("files are answers themselves: --answers and --record are for an artist")
    if not paths and (options["mbid"] or options["is_dry"]):
        raise click.UsageError("--artist and --dry-run are for files")
    with opened(answers, into) as app:
        if paths:
            outcome = _import_files(app, paths, **options)
        else:
            alone = bool(answers or into)
            outcome = _import_artist(app, " ".join(what), alone=alone, as_json=options["as_json"])
    raise SystemExit(outcome)


def _paths(what: Sequence[str]) -> list[Path]:
    """The files and folders that are meant; none: it is an artist's name or id."""
    paths = [Path(one) for one in what]
    missing = [path for path in paths if not path.exists()]
    looks_like_files = len(missing) < len(paths) or any(
        path.suffix == ".json" or os.sep in str(path) for path in paths
    )
    if missing and looks_like_files:
        raise ComplaintError(f"there is no file or folder {missing[0]}")
    return [] if missing else paths


def _import_files(app: Flask, paths: list[Path], *, mbid: str | None, is_dry: bool, as_json: bool) -> Outcome:
    settings: Settings = app.extensions["settings"]
    said = as_mbid(mbid)
    if mbid and not said:
        raise ComplaintError(f"{mbid} is no MusicBrainz id")
    files = FileImport(
        teller=teller_for(), default_start_hour=settings.default_start_hour, said=said, is_dry=is_dry
    )
    try:
        reports = files.bring_in(paths)
    except FileProblem as problem:
        raise ComplaintError(str(problem)) from problem
    except KeyboardInterrupt:
        files.teller.close()
        click.echo(
            "Stopped. The files up to here are in; the same command goes on with the others.", err=True
        )
        return Outcome.INTERRUPTED
    if as_json:
        click.echo(json.dumps([report.as_json() for report in reports], indent=2))
    else:
        click.echo(files_as_text(reports, is_dry=is_dry))
    broken = [report.problem for report in reports if report.problem]
    for why in broken:
        click.echo(f"Setlist: {why}", err=True)
    is_in_vain = not any(report.is_known for report in reports)
    return Outcome.FAILED if broken or is_in_vain else Outcome.DONE


def _import_artist(app: Flask, said: str, *, alone: bool, as_json: bool) -> Outcome:
    providers: Providers = app.extensions["providers"]
    session = db.session()
    artist = chosen_artist(session, providers.sources(purpose=Purpose.SEARCH), said)
    if artist.mbid is None:
        raise ComplaintError(f"{artist.name} cannot be brought in: MusicBrainz does not know them")
    follower = Follower(app, teller_for())
    errand = follower.errand(session, start_import(session, artist), alone=alone)
    outcome = follower.follow(errand)
    session.expire_all()
    sync = session.get_one(SyncJob, errand.sync_id)
    click.echo(json.dumps(sync_as_json(session, sync), indent=2) if as_json else sync_as_text(session, sync))
    if outcome is Outcome.INTERRUPTED:
        click.echo(f"`setlist import {artist.mbid}` goes on from there.", err=True)
    return outcome
