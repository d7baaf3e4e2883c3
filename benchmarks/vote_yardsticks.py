"""What a vote is measured against: a view of one line, and a vote as one would write it first."""

import os

from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import func, select

one_line = Flask("one line")


@one_line.post("/")
def hello() -> str:
    return "ok"


plain = Flask("plain")
plain.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"].replace(
    "postgresql://", "postgresql+psycopg://"
)
db = SQLAlchemy(plain)


class PlainFan(db.Model):  # type: ignore[name-defined,misc] # as the extension's own pages show it
    __tablename__ = "plain_fans"
    id = db.Column(db.Integer, primary_key=True)
    key = db.Column(db.String, unique=True)


class PlainVote(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "plain_votes"
    __table_args__ = (db.UniqueConstraint("show_id", "fan_id", "song_id"),)
    id = db.Column(db.Integer, primary_key=True)
    show_id = db.Column(db.Integer, index=True)
    song_id = db.Column(db.Integer, index=True)
    fan_id = db.Column(db.ForeignKey("plain_fans.id"), index=True)


@plain.post("/shows/<int:show_id>/songs/<int:song_id>/wish")
def vote(show_id: int, song_id: int) -> str:
    """Select the fan and the vote, insert or delete, count."""
    key = request.headers["Cookie"]
    fan = db.session.scalar(select(PlainFan).filter_by(key=key))
    if fan is None:
        fan = PlainFan(key=key)
        db.session.add(fan)
        db.session.flush()
    wish = {"show_id": show_id, "song_id": song_id, "fan_id": fan.id}
    found = db.session.scalar(select(PlainVote).filter_by(**wish))
    if request.form["wish"] == "off" and found is not None:
        db.session.delete(found)
    elif request.form["wish"] == "on" and found is None:
        db.session.add(PlainVote(**wish))
    db.session.commit()
    count = select(func.count()).select_from(PlainVote)
    tally = db.session.scalar(count.filter_by(show_id=show_id, song_id=song_id))
    used = db.session.scalar(count.filter_by(show_id=show_id, fan_id=fan.id))
    return f"{tally} wishes, {used} given"
