"""Which pages to make before anybody asks for them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST = 80
HEAD_START = 10  # the larger it is, the less the first of a list are ahead of its others


@dataclass(frozen=True, kw_only=True)
class Signs:
    """Lists of paths, the likeliest of each first."""

    coming: Sequence[str] = ()  # shows of the next days, by their wishes
    rising: Sequence[str] = ()  # artists and shows
    yesterday: Sequence[str] = ()  # asked for at this hour
    week_ago: Sequence[str] = ()  # asked for at this hour on this weekday


# How far each kind of sign is to be believed. Yesterday's visitors say most: pages stay in the news.
BELIEF = {"yesterday": 3.0, "week_ago": 2.0, "coming": 2.0, "rising": 1.5}


def choose(signs: Signs, *, most: int = MOST) -> tuple[str, ...]:
    """The likeliest first. A place near the top of several lists beats the top of one.

    Ranks are added up and not figures: wishes and visits have no common measure.
    """
    scores: dict[str, float] = {}
    for kind, belief in BELIEF.items():
        paths: Iterable[str] = dict.fromkeys(getattr(signs, kind))
        for rank, path in enumerate(paths):
            scores[path] = scores.get(path, 0.0) + belief / (HEAD_START + rank)
    ranked = sorted(scores, key=lambda path: (-scores[path], path))
    return tuple(ranked[:most])
