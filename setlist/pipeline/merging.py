"""Two rows that turn out to be one: what referred to the one given up refers to the one kept.

The row given up stays as a signpost (`merged_into_id`), and nothing but other signposts refers to it. A
signpost leads to a row that was kept: A into B and then B into C makes A lead to C. Merging the same two
again moves what was written meanwhile, and nothing else. All of it flushes; the caller commits.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from setlist.models import Artist, Doubt, ExternalId, Show, Song, Venue
from setlist.models.identity import DoubtState
from setlist.pipeline.identity import lock_catalogue

Row = TypeVar("Row", Artist, Venue, Show, Song)
Column = InstrumentedAttribute[Any]
Condition = ColumnElement[bool]


class CannotMergeError(Exception):
    """Why two rows cannot be one, in words for an operator."""


def kept(session: Session, row: Row) -> Row:
    """The row itself, or the one it was merged into."""
    if row.merged_into_id is None:
        return row
    return session.get_one(type(row), row.merged_into_id)


def hold(session: Session, loser: Row, keeper: Row) -> tuple[Row, Row]:
    """Both rows, locked until the commit, signposts followed.

    A loser that leads to the keeper stays: something may have been written to it since.
    """
    session.flush()
    lock_catalogue(session)
    rows = _locked(session, type(keeper), {loser.id, keeper.id})
    rows |= _locked(session, type(keeper), {row.merged_into_id or row.id for row in rows.values()})
    keeper = rows[rows[keeper.id].merged_into_id or keeper.id]
    led_to = rows[loser.id].merged_into_id
    loser = rows[loser.id if led_to in {None, keeper.id} else led_to or loser.id]
    if loser.id == keeper.id:
        raise CannotMergeError("They are one already.")
    return loser, keeper


def give_up(session: Session, loser: Row, keeper: Row) -> None:
    """The loser leads to the keeper, and so does all that led to the loser."""
    model = type(loser)
    session.flush()
    move(session, model.merged_into_id, loser.id, keeper.id)
    loser.merged_into_id = keeper.id
    session.flush()
    session.expire_all()


def move(session: Session, column: Column, old: int, new: int, *, once_by: Iterable[Column] = ()) -> None:
    """What refers to `old` refers to `new`; what may be there once by other columns stays as `new` has it."""
    if once_by:
        drop_twins(session, column, old, new, once_by=once_by)
    session.execute(
        update(column.class_)
        .where(column == old)
        .values({column.key: new})
        .execution_options(synchronize_session=False)
    )


def drop_twins(
    session: Session, column: Column, old: int, new: int, *only: Condition, once_by: Iterable[Column]
) -> None:
    """Deletes those of `old` that `new` has too, as far as `only` is true of them."""
    session.execute(
        delete(column.class_)
        .where(column == old, *only, _has_twin(column, new, once_by))
        .execution_options(synchronize_session=False)
    )


def move_doubts(session: Session, column: Column, old: int, new: int) -> None:
    """Of two questions about one id a decided one stays. What is one row now is no question any more."""
    same, is_open = (Doubt.provider, Doubt.external_id), Doubt.state == DoubtState.OPEN.value
    drop_twins(session, column, old, new, is_open, once_by=same)
    drop_twins(session, column, new, old, is_open, once_by=same)
    move(session, column, old, new, once_by=same)
    target: Column = getattr(ExternalId, column.key)
    means_it = exists().where(
        ExternalId.provider == Doubt.provider, ExternalId.external_id == Doubt.external_id, target == new
    )
    session.execute(
        update(Doubt)
        .where(column == new, is_open, means_it)
        .values(state=DoubtState.MERGED.value, decided_at=func.now())
        .execution_options(synchronize_session=False)
    )


def complete(keeper: Row, loser: Row, names: Iterable[str]) -> None:
    """What the kept row does not say, the other one may have known."""
    for name in names:
        if getattr(keeper, name) in {None, ""}:
            setattr(keeper, name, getattr(loser, name))


def _locked(session: Session, model: type[Row], ids: Iterable[int]) -> dict[int, Row]:
    statement = select(model).where(model.id.in_(ids)).order_by(model.id).with_for_update()
    return {row.id: row for row in session.scalars(statement.execution_options(populate_existing=True))}


def _has_twin(column: Column, new: int, once_by: Iterable[Column]) -> Condition:
    twin = aliased(column.class_)
    same = [getattr(twin, other.key) == other for other in once_by]
    return exists().where(getattr(twin, column.key) == new, *same)
