"""`setlist validate` against real servers, wrong ones, and none."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from flask import Flask

from config import ROOT, Settings
from setlist.cli.findings import State
from setlist.cli.postgres import check_postgres, check_tables, explain
from setlist.cli.redis_check import check_redis
from tests.cli.old_servers import old_postgres, old_redis
from tests.smtp_server import smtp_server


@pytest.fixture
def database(settings: Settings) -> str:
    return str(settings.database_url).replace("+psycopg", "")


@pytest.fixture
def stranger(database: str) -> Iterator[str]:
    """The same database for a user without rights."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS stranger")
        connection.execute("CREATE ROLE stranger LOGIN PASSWORD 'stranger'")
    yield re.sub(r"://[^@/]*@", "://stranger:stranger@", database, count=1)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("DROP ROLE stranger")


class TestPostgres:
    def test_one_that_can_be_worked_with(self, database: str) -> None:
        assert [finding.state for finding in check_postgres(database)] == [State.OK, State.OK]

    def test_none_given(self) -> None:
        assert [finding.state for finding in check_postgres(None)] == [State.OFF]

    def test_a_user_without_rights(self, stranger: str) -> None:
        *_, rights = check_postgres(stranger)
        assert rights.state is State.FAILED
        assert rights.detail == "the user of DATABASE_URL may not create tables"
        assert "GRANT CREATE" in rights.remedy

    def test_one_that_is_too_old(self) -> None:
        with old_postgres("13.4") as port:
            [found] = check_postgres(f"postgresql://fan@127.0.0.1:{port}/setlist")
        assert found.state is State.FAILED
        assert found.detail == "PostgreSQL is 13.4"

    def test_a_database_that_is_missing(self, database: str) -> None:
        before, _, query = database.partition("?")
        [found] = check_postgres(f"{before.rpartition('/')[0]}/no_such_database?{query}".rstrip("?"))
        assert found.detail.endswith("has no database of this name")

    @pytest.mark.parametrize(
        ("said", "remedy"),
        [
            ('connection failed: FATAL:  password authentication failed for user "fan"', "correct them"),
            ('FATAL:  role "fan" does not exist', "correct them"),
            ("ERROR:  permission denied for schema public", "GRANT CREATE"),
            ("FATAL:  sorry, too many clients already", "raise its max_connections"),
            ("could not translate host name", "start it, correct DATABASE_URL"),
        ],
    )
    def test_what_a_refusal_means(self, said: str, remedy: str) -> None:
        found = explain(said, "postgresql://fan:hunter2@db.example:5433/setlist")
        assert found.state is State.FAILED
        assert found.remedy.startswith(remedy)
        assert "hunter2" not in str(found)


class TestTables:
    def test_those_of_this_code(self, database: str, migrated_app: Flask) -> None:
        assert check_tables(database).state is State.OK

    def test_none_yet(self, database: str) -> None:
        nowhere = urlsplit(database)
        options = "&".join(filter(None, (nowhere.query, "options=-csearch_path%3Dpg_temp")))
        found = check_tables(nowhere._replace(query=options).geturl())
        assert found.state is State.FAILED
        assert found.remedy == "run `setlist release`"


class TestRedis:
    def test_one_that_can_be_worked_with(self, redis_url: str) -> None:
        assert {finding.state for finding in check_redis(redis_url)} == {State.OK}

    @pytest.mark.parametrize(
        ("version", "detail"),
        [("6.0.16", "this is Redis 6.0.16"), ("5.0.14", "this is Redis 5.0.14")],
    )
    def test_one_that_is_too_old(self, version: str, detail: str) -> None:
        with old_redis(version, policy="noeviction") as port:
            found, *_ = check_redis(f"redis://127.0.0.1:{port}/0")
        assert found.state is State.FAILED
        assert found.detail == detail

    def test_one_that_drops_what_it_was_given(self) -> None:
        with old_redis("7.2.4", policy="allkeys-lru") as port:
            found, policy = check_redis(f"redis://127.0.0.1:{port}/0")
        assert found.state is State.OK
        assert policy.state is State.FAILED
        assert policy.remedy == "set it to noeviction"

    def test_one_that_does_not_answer(self) -> None:
        [found] = check_redis("redis://:hunter2@127.0.0.1:1/0")
        assert found.state is State.FAILED
        assert "hunter2" not in str(found)


class TestCommand:
    """As a process of its own, in a folder without .env."""

    def test_what_is_not_configured_is_off_and_no_failure(self, tmp_path: Path) -> None:
        ran = validate(tmp_path, SANDBOX_URL="http://127.0.0.1:1")
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert {line.split()[0] for line in ran.stdout.splitlines()} == {"ok", "off"}

    def test_what_fails_has_a_remedy_and_an_exit_status(self, tmp_path: Path) -> None:
        ran = validate(tmp_path, DATABASE_URL="postgresql://fan@127.0.0.1:1/setlist")
        assert ran.returncode == 1
        assert "failed  PostgreSQL        PostgreSQL at 127.0.0.1:1/setlist does not answer" in ran.stdout

    def test_a_mail_server_is_greeted_and_sent_nothing(self, tmp_path: Path) -> None:
        with smtp_server() as mailbox:
            where = {"MAIL_SERVER": mailbox.host, "MAIL_SENDER": "setlist@example.org"}
            for security, state in (("none", "ok"), ("starttls", "failed")):
                folder = tmp_path / security
                folder.mkdir()
                ran = validate(folder, **where, MAIL_PORT=str(mailbox.port), MAIL_SECURITY=security)
                [line] = [line for line in ran.stdout.splitlines() if " Mail " in line]
                assert line.split()[0] == state
        assert "STARTTLS" in line
        assert mailbox.taken == []

    def test_every_wrong_setting_has_its_line(self, tmp_path: Path) -> None:
        ran = validate(tmp_path, PORT="70000", LOG_LEVEL="LOUD")
        assert ran.returncode == 1
        assert [line.split()[:2] for line in ran.stdout.splitlines()] == [
            ["failed", "PORT"],
            ["failed", "LOG_LEVEL"],
        ]

    def test_the_same_as_json(self, tmp_path: Path) -> None:
        ran = validate(tmp_path, "--json", PORT="70000")
        [found] = json.loads(ran.stdout)
        assert found["name"] == "PORT"
        assert found["state"] == "failed"
        assert found["remedy"] == "correct it in the environment"


def validate(folder: Path, *options: str, **given: str) -> subprocess.CompletedProcess[str]:
    for name in ("config.py", "setlist", "migrations"):
        (folder / name).symlink_to(ROOT / name)
    bare = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    return subprocess.run(
        [sys.executable, "-m", "setlist.cli", "validate", *options],
        cwd=folder,
        env={**bare, **given},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
