"""What all tables share."""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    MetaData,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

LARGEST_ID = 2**63 - 1  # a bigint ends here, a typed number does not
Key = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
Created = Annotated[datetime, mapped_column(server_default=func.now())]
Json = dict[str, Any]


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy declares it without ClassVar
        int: BigInteger,
        str: Text,
        datetime: DateTime(timezone=True),
        Json: JSONB,
    }


def foreign(target: str, *, primary_key: bool = False, index: bool = False) -> Any:
    """A column that follows its target into deletion."""
    return mapped_column(ForeignKey(target, ondelete="CASCADE"), primary_key=primary_key, index=index)


def one_of(column: str, values: type[Any]) -> CheckConstraint:
    """Text limited to the values of an enum: cheaper to widen in a migration than a PostgreSQL type."""
    listed = ", ".join(f"'{value.value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def merged_once(table: str) -> Index:
    """Finds what was merged into a row; nearly all rows are merged into none."""
    return Index(
        f"ix_{table}_merged_into_id", "merged_into_id", postgresql_where=text("merged_into_id IS NOT NULL")
    )
