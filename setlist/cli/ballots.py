"""`setlist ballots`: whether tallies are what the wishes say."""

import click

from setlist.cli.complaints import ComplaintError
from setlist.cli.database import audit, opened
from setlist.domain.tally_check import mend_tally, tallies_apart


@click.group()
def ballots() -> None:
    """Ballots and their tallies."""


@ballots.command()
@click.option("--mend", is_flag=True, help="Count those that differ anew, by their rows.")
def check(*, mend: bool) -> None:
    """Compare each tally with its rows, as is done each night."""
    with opened() as session:
        apart = tallies_apart(session)
        for one in apart:
            click.echo(str(one))
            if mend:
                mend_tally(session, one)
                audit(session, "tally_mended", f"show {one.show_id}, song {one.song_id}", was=one.tally)
                session.commit()
    if not apart:
        click.echo("Each tally is what its rows say.")
    elif mend:
        click.echo(f"{len(apart)} mended. Run it again to see that none is left.")
    else:
        raise ComplaintError(f"{len(apart)} or more tallies are off: look who wrote to them, then use --mend")
