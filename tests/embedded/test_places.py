"""Folders that cannot be used, in one sentence each."""

import errno
import os
from pathlib import Path

import pytest

from setlist.embedded.places import EngineError, Home, file_problem


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.EACCES, "cannot be written by the user"),
        (errno.EROFS, "cannot be written by the user"),
        (errno.ENOSPC, "the disk is full at /there: free some space"),
        (errno.EDQUOT, "the disk is full at /there: free some space"),
        (errno.ENOTDIR, "Not a directory"),
    ],
)
def test_what_a_file_error_means(number: int, sentence: str) -> None:
    error = OSError(number, os.strerror(number), "/there")
    assert sentence in file_problem(error, Path("/elsewhere"))


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "postgres").write_text("not a folder")
    with pytest.raises(EngineError, match="File exists"):
        Home.open(tmp_path / "postgres", "PostgreSQL")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(EngineError, match="cannot be written by the user"):
        Home.open(tmp_path / "postgres", "PostgreSQL")


def test_a_foreign_folder_at_the_place_of_the_socket_is_refused(tmp_path: Path) -> None:
    home = Home.open(tmp_path / "postgres", "PostgreSQL")
    (tmp_path / "postgres/socket").symlink_to(tmp_path)
    with pytest.raises(EngineError, match="is not a folder of this user's own"):
        home.socket_folder("s")
    home.close()
