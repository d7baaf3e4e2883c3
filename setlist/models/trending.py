"""The materialised views that refresh_trending_data() fills. Read only.

They live in the migrations and not in the metadata that migrations are compared with.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Float, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class _Views(DeclarativeBase):
    metadata = MetaData()


class TrendingArtist(_Views):
    """`score`: fans who wished lately for one of its coming shows, each halved every three days.

    `since`: the first of these wishes.
    """

    __tablename__ = "trending_artists"

    artist_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    score: Mapped[float] = mapped_column(Float)
    fans: Mapped[int]
    wishes: Mapped[int]
    since: Mapped[datetime]


class TrendingShow(_Views):
    __tablename__ = "trending_shows"

    show_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    score: Mapped[float] = mapped_column(Float)
    fans: Mapped[int]
    wishes: Mapped[int]
