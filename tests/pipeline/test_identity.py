"""The lock under which imports look up and add what several artists share."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from setlist.extensions import db
from setlist.pipeline import identity
from setlist.pipeline.identity import lock_catalogue


def test_one_who_holds_the_lock_and_does_nothing_does_not_hold_up_the_others(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "MOST_IDLE_SECONDS", 0.3)
    with Session(db.engine) as frozen, Session(db.engine) as other:
        lock_catalogue(frozen)
        lock_catalogue(other)  # else it would be given up after the statement's time
        with pytest.raises(DBAPIError, match="idle-in-transaction timeout"):
            frozen.execute(text("SELECT 1"))


def test_the_time_to_be_idle_is_the_usual_one_after_the_commit(app: Flask) -> None:
    show = text("SHOW idle_in_transaction_session_timeout")
    with Session(db.engine) as session:
        usual = session.scalar(show)
        lock_catalogue(session)
        assert session.scalar(show) != usual
        session.commit()
        assert session.scalar(show) == usual
