"""Whether PostgreSQL can be worked with: reached, of a version we know, with rights, with our tables."""

import re

import psycopg
from alembic.script import ScriptDirectory
from psycopg.conninfo import conninfo_to_dict

from config import ROOT
from setlist.cli.findings import Finding, State, failed, off, ok

NAME = "PostgreSQL"
OLDEST = 14
NEWEST = 18
CONNECT_SECONDS = 3
GRANT = "GRANT CREATE, USAGE ON SCHEMA public TO that user, or make it the owner of the database"
# What it says when it cannot be used, what that means, and what to do; the first match counts.
REFUSALS = (
    (
        r"password authentication failed|no password supplied|role .* does not exist|pg_hba",
        "PostgreSQL at {place} refuses the user or password of DATABASE_URL",
        "correct them",
    ),
    (
        r"database .* does not exist",
        "PostgreSQL at {place} has no database of this name",
        "create it (createdb), or correct DATABASE_URL",
    ),
    (r"permission denied|must be owner", "the user of DATABASE_URL lacks rights at {place}", GRANT),
    (
        r"too many (clients|connections)|remaining connection slots",
        "PostgreSQL at {place} has no connection left",
        "raise its max_connections, or lower WEB_THREADS and WORKER_GROUPS",
    ),
    (
        r"",
        "PostgreSQL at {place} does not answer ({said})",
        "start it, correct DATABASE_URL, or unset it to use the embedded one",
    ),
)
RIGHTS = """
    SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false),
           pg_is_in_recovery(),
           (SELECT count(*) FROM pg_class
             WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
               AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
                    AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE')))
"""


def check_postgres(url: str | None) -> list[Finding]:
    """Its version and our rights."""
    if url is None:
        return [off(NAME, "embedded; runs while `make run` does")]
    try:
        with _connect(url) as connection:
            version = _version(connection)
            return [version] if version.state is State.FAILED else [version, _rights(connection)]
    except psycopg.Error as error:
        return [explain(str(error), url)]


def check_tables(url: str | None) -> Finding:
    """Whether the tables are those of this code."""
    if url is None:
        return off("tables", "no database to look at")
    wanted = set(ScriptDirectory(str(ROOT / "migrations")).get_heads())
    try:
        with _connect(url) as connection:
            found = _revisions(connection)
    except psycopg.Error as error:
        return explain(str(error), url, name="tables")
    if found == wanted:
        return ok("tables", f"at {', '.join(sorted(wanted))}")
    at = ", ".join(sorted(found)) or "nothing"
    return failed("tables", f"at {at} instead of {', '.join(sorted(wanted))}", "run `setlist release`")


def explain(said: str, url: str, *, name: str = NAME) -> Finding:
    """What a refusal means. The address is shown without its password."""
    parts = conninfo_to_dict(_plain(url))
    place = f"{parts.get('host', 'localhost')}:{parts.get('port', 5432)}/{parts.get('dbname', '')}"
    for pattern, detail, remedy in REFUSALS:
        if re.search(pattern, said):
            return failed(name, detail.format(place=place, said=_brief(said)), remedy)
    raise AssertionError("the last pattern matches everything")


def _version(connection: psycopg.Connection) -> Finding:
    major, minor = divmod(connection.info.server_version, 10_000)
    version = f"{major}.{minor}"
    if major < OLDEST:
        return failed(
            NAME,
            f"PostgreSQL is {version}",
            f"version {OLDEST} to {NEWEST} is needed: upgrade it, or unset DATABASE_URL",
        )
    return ok(NAME, version if major <= NEWEST else f"{version}, newer than the versions we tested")


def _rights(connection: psycopg.Connection) -> Finding:
    found = connection.execute(RIGHTS).fetchone()
    may_create, standby, closed_tables = found or (False, False, 0)
    if standby:
        return failed("rights", "PostgreSQL is a read-only standby", "set DATABASE_URL to its primary")
    if not may_create:
        return failed("rights", "the user of DATABASE_URL may not create tables", GRANT)
    if closed_tables:
        return failed(
            "rights",
            f"the user of DATABASE_URL may not write {closed_tables} of the tables",
            "use the user that made them, or grant it SELECT, INSERT, UPDATE and DELETE",
        )
    return ok("rights", "may create and write tables")


def _revisions(connection: psycopg.Connection) -> set[str]:
    known = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
    if known is None or known[0] is None:
        return set()
    return {row[0] for row in connection.execute("SELECT version_num FROM alembic_version")}


def _connect(url: str) -> psycopg.Connection:
    return psycopg.connect(_plain(url), connect_timeout=CONNECT_SECONDS, autocommit=True)


def _plain(url: str) -> str:
    """Without SQLAlchemy's driver name."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _brief(said: str) -> str:
    """`Connection refused` out of a paragraph around it."""
    first = said.strip().split("\n", 1)[0]
    return first.rpartition("failed: ")[2].rpartition("error: ")[2] or first
