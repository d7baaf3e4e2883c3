import click
import pytest
from click.testing import CliRunner

from setlist.cli.complaints import ComplaintError, read_settings


@click.command()
def reading() -> None:
    click.echo(f"port {read_settings().port}")


@click.command()
def complaining() -> None:
    raise ComplaintError("the disk is full: free some")


def test_a_complaint_is_one_sentence_and_status_1() -> None:
    ended = CliRunner().invoke(complaining)
    assert (ended.exit_code, ended.stderr) == (1, "Setlist: the disk is full: free some\n")


def test_a_command_with_wrong_settings_says_which_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "70000")
    ended = CliRunner().invoke(reading)
    assert ended.exit_code == 1
    assert ended.output.splitlines()[1:] == ["  PORT: must be less than or equal to 65535"]
