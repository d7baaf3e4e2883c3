"""What commands over the tables have in common."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from setlist.app import create_app
from setlist.cli.complaints import ComplaintError
from setlist.extensions import db
from setlist.models import AuditLog

BY = "command line"


@contextmanager
def opened() -> Iterator[Session]:
    """A session within the app. The command commits; PostgreSQL away is told in a sentence."""
    with create_app().app_context():
        try:
            yield db.session()
        except SQLAlchemyError as error:
            raise ComplaintError(f"PostgreSQL does not answer ({type(error).__name__}): start it") from error


def audit(session: Session, action: str, target: str, **details: object) -> AuditLog:
    row = AuditLog(action=action, target=target, details={"by": BY, **details})
    session.add(row)
    return row
