import os
import pty

from setlist.cli.console import Console


def test_a_terminal_gets_colours_and_a_column_of_names() -> None:
    ours, terminal = pty.openpty()
    with os.fdopen(terminal, "w") as stream:
        Console(("web", "worker"), stream).line("web", "a page")
        said = os.read(ours, 1000).decode()
    os.close(ours)
    assert said == "\x1b[36mweb    |\x1b[0m a page\r\n"


def test_a_reader_that_went_away_is_noticed_and_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", buffering=1) as stream:
        console = Console(("web",), stream)
        console.line("web", "to nobody")
        assert console.gone
        console.say("nor this")
        os.dup2(os.open(os.devnull, os.O_WRONLY), writer)  # what is left in its buffer has somewhere to go
