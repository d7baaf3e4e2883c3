"""Files with recorded answers: found, opened, read as JSON; or why that cannot be."""

import json
from collections.abc import Iterable
from pathlib import Path

from setlist.pipeline.files.shapes import Found, shapes_in

MOST_BYTES = 50_000_000
MEGA = 1_000_000


class FileProblem(Exception):  # noqa: N818 - reads as what it is
    """A file that cannot be brought in: which one, why, and what to do."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path


def files_in(paths: Iterable[Path]) -> list[Path]:
    """The files themselves, and all .json files within the folders, each once. Raises FileProblem."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            within = sorted(one for one in path.rglob("*.json") if one.is_file())
            if not within:
                raise FileProblem(path, "this folder holds no .json file")
            found |= dict.fromkeys(within)
        else:
            found[path] = None
    return list(found)


def load(path: Path) -> list[Found]:
    """What a file tells. Raises FileProblem."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            megabytes, most = f"{size / MEGA:,.0f}", f"{MOST_BYTES / MEGA:.0f}"
            raise FileProblem(path, f"has {megabytes} MB, and an answer at most {most}: split it")
        return shapes_in(json.loads(path.read_bytes(), parse_constant=lambda _: None))
    except OSError as error:
        raise FileProblem(path, f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise FileProblem(path, "is not in UTF-8: convert it, or record it anew") from error
    except json.JSONDecodeError as error:
        raise FileProblem(path, _where(error)) from error
    except RecursionError as error:
        raise FileProblem(path, "is nested deeper than any answer: it is none") from error
    except ValueError as error:
        raise FileProblem(path, "holds a number that is none") from error


def _where(error: json.JSONDecodeError) -> str:
    if not error.doc.strip():
        return "is empty: record it anew"
    if error.pos >= len(error.doc.rstrip()):
        return "breaks off in the middle: record it anew"
    return f"is no JSON (line {error.lineno}, column {error.colno}): mend it, or record it anew"
