"""What addresses and forms give as text, read for `request.args.get(name, type=…)`."""

from setlist.models.base import LARGEST_ID


def row_id(typed: str) -> int:
    """Raises ValueError for what no row can have, so that it is taken for not given."""
    number = int(typed)
    if not 0 <= number <= LARGEST_ID:
        raise ValueError("no row has this id")
    return number
