from pathlib import Path

import pytest

from config import ROOT, Settings
from setlist.cli.complaints import ComplaintError
from setlist.cli.procfile import Program, read_procfile


@pytest.fixture
def plain() -> Settings:
    return Settings(_env_file=None, port=8123, contact="a b")


def procfile(folder: Path, text: str) -> Path:
    file = folder / "Procfile"
    file.write_text(text)
    return file


def test_programs_come_in_their_order_with_settings_filled_in(tmp_path: Path, plain: Settings) -> None:
    file = procfile(tmp_path, "# comment\n\nweb: serve --port $PORT\nworker:  work 'two words' ${PORT}x\n")
    assert list(read_procfile(file, plain).values()) == [
        Program(name="web", command=("serve", "--port", "8123")),
        Program(name="worker", command=("work", "two words", "8123x")),
    ]


def test_a_value_with_a_space_stays_one_argument(tmp_path: Path, plain: Settings) -> None:
    file = procfile(tmp_path, "web: serve $CONTACT $WEB_THREADS")
    assert read_procfile(file, plain)["web"].command == ("serve", "a b", "24")


@pytest.mark.parametrize("name", ["NO_SUCH_SETTING", "SECRET_KEY", "DATABASE_URL"])
def test_what_is_unknown_unset_or_secret_is_refused(tmp_path: Path, plain: Settings, name: str) -> None:
    plain = plain.model_copy(update={"database_url": None})
    file = procfile(tmp_path, f"\nweb: serve ${name}")
    with pytest.raises(ComplaintError, match=rf"line 2: \${name} is not a setting"):
        read_procfile(file, plain)


def test_a_line_without_a_command_is_refused(tmp_path: Path, plain: Settings) -> None:
    with pytest.raises(ComplaintError, match="line 1: expected `name: command`"):
        read_procfile(procfile(tmp_path, "web"), plain)


def test_a_missing_file_is_named(tmp_path: Path, plain: Settings) -> None:
    with pytest.raises(ComplaintError, match="Procfile is missing"):
        read_procfile(tmp_path / "Procfile", plain)


def test_ours_has_the_four_programs(plain: Settings) -> None:
    programs = read_procfile(ROOT / "Procfile", plain)
    assert list(programs) == ["release", "web", "worker", "clock"]
    assert "8123" in programs["web"].command
