"""What the unfriendliest of providers would write, and a database in which every text is that."""

from sqlalchemy import ARRAY, Column, Table, Text, case, cast, func, literal, text, update
from sqlalchemy.orm import Session

from setlist.models import Base
from tests.web.markup import MADE

EVALUATED = str(1337 * 1337)
TAIL = (
    f"'\"><{MADE} {MADE}=1 onmouseover=made()></{MADE}></title></textarea></select><script>made()</script>"
    "<svg onload=made()><img src=x onerror=made()><style>*{}</style> onload=made() style=x "
    "<base href=//evil.example>]]>--><!--{{1337*1337}}${1337*1337}{%raw%}&lt;script&gt;\u202e\u2066\x07\x1b"
    "\u2028%0d%0a\\';made()//" + "W" * 600
)
# What a text begins with decides where it can do harm as an address.
BEGINNINGS = {
    "script": "javascript:made()//",
    "hidden script": " \x01java\tscript:made()//",
    "data": "data:text/html;base64,PHNjcmlwdD4=",
    "elsewhere": "https://evil.example/",
    "no scheme": "//evil.example/",
}
# Words of our own code, which no provider and no person writes.
OUR_WORDS = {
    "action", "breaker_state", "choice", "image_provider", "kind", "listing", "matched_by", "metric",
    "new_state", "old_state", "outcome", "part", "phase", "provider", "purpose", "queue", "state",
    "state_before", "status", "work", "worker_group",
}  # fmt: skip
# Read or compared, and never shown: what would be wrong with them is found when they are written.
NOT_SHOWN = {
    "cover_mbid", "dedup_key", "fs_uniquifier", "isrc", "mbid", "name_folded", "password", "query_folded",
    "timezone", "title_folded", "version_id",
}  # fmt: skip
KEPT = {("cron_logs", "name"), ("roles", "name")}  # of the timetable; of the guard


def spoil(session: Session, hostile: str) -> None:
    """A column that is new is spoiled too, unless it is named above."""
    for table in Base.metadata.sorted_tables:
        values = {column.name: _spoiled(table, column, hostile) for column in table.columns if _shown(column)}
        if values:
            session.execute(update(table).values(values))
    session.commit()
    session.expire_all()


def _shown(column: Column[object]) -> bool:
    kind = column.type.item_type if isinstance(column.type, ARRAY) else column.type
    is_ours = column.name in OUR_WORDS | NOT_SHOWN or (column.table.name, column.name) in KEPT
    return isinstance(kind, Text) and not is_ours and not column.foreign_keys


def _spoiled(table: Table, column: Column[object], hostile: str) -> object:
    numbered = func.concat(literal(hostile), cast(text(f'"{table.name}".ctid'), Text))
    if isinstance(column.type, ARRAY):
        return func.array_append(text("ARRAY[]::text[]"), numbered)
    return case((column.is_not(None), numbered))  # what is not there stays so, such as an error
