"""A picture for who has none: a two-colour gig poster drawn from the name, the same each time."""

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from setlist.domain.folding import fold

SIDE = 120
# ground, ink, spark: inks on dark paper, told apart at the size of a thumb
INKS = (
    ("#2b1d3a", "#e4572e", "#f7c59f"),
    ("#0f2e2e", "#e9c46a", "#3fb6a8"),
    ("#3b1016", "#f2a65a", "#f6e7cb"),
    ("#16213e", "#e94560", "#f5d7a1"),
    ("#1d2b1f", "#d8a31a", "#f0ead2"),
    ("#23201f", "#d9c53a", "#eae1df"),
    ("#23120b", "#ff9b42", "#fdf1d6"),
    ("#10243e", "#7fc8f8", "#ffe8b6"),
    ("#331832", "#d81e5b", "#f3e3ec"),
    ("#0b3c49", "#f26430", "#f4f1de"),
)


@dataclass(frozen=True, kw_only=True)
class Shape:
    tag: str
    attributes: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Poster:
    ground: str
    shapes: tuple[Shape, ...]


class _Dice:
    """Numbers that follow from the name: the digest's bytes, one after the other."""

    def __init__(self, name: str) -> None:
        self._bytes = hashlib.sha256(fold(name).encode()).digest()
        self._next = 0

    def between(self, low: float, high: float) -> float:
        value = self._bytes[self._next % len(self._bytes)]
        self._next += 1
        return round(low + (high - low) * value / 255, 1)

    def below(self, end: int) -> int:
        return min(end - 1, int(self.between(0, end)))


def poster(name: str) -> Poster:
    dice = _Dice(name)
    ground, ink, spark = INKS[dice.below(len(INKS))]
    draw = DRAWINGS[dice.below(len(DRAWINGS))]
    return Poster(ground=ground, shapes=tuple(draw(dice, ink, spark)))


def _record(dice: _Dice, ink: str, spark: str) -> Iterator[Shape]:
    """A record, half out of its sleeve."""
    x, y = dice.between(35, 85), dice.between(40, 80)
    step, stroke = dice.between(9, 13), dice.between(3, 6)
    for ring in range(6, 1, -1):
        yield _circle(x, y, ring * step, {"fill": "none", "stroke": ink, "stroke-width": stroke})
    yield _circle(x, y, step, {"fill": spark})


def _spotlights(dice: _Dice, ink: str, spark: str) -> Iterator[Shape]:
    floor = dice.between(84, 100)
    for beam in range(3):
        lamp = 20 + beam * 40 + dice.between(-14, 14)
        foot, spread = dice.between(10, 110), dice.between(14, 26)
        points = f"{lamp},-4 {foot - spread},{floor} {foot + spread},{floor}"
        yield Shape(tag="polygon", attributes={"points": points, "fill": ink, "fill-opacity": 0.62})
        ellipse = {"cx": foot, "cy": floor, "rx": spread, "ry": 6, "fill": spark}
        yield Shape(tag="ellipse", attributes=ellipse)


def _levels(dice: _Dice, ink: str, spark: str) -> Iterator[Shape]:
    """The level meter of a mixing desk."""
    loud = dice.below(8)
    for bar in range(8):
        steps = 2 + dice.below(8)
        for step in range(steps):
            colour = spark if bar == loud or step == steps - 1 else ink
            box = {"x": 9 + bar * 13, "y": 102 - step * 11, "width": 10, "height": 8, "fill": colour}
            yield Shape(tag="rect", attributes=box)


def _sunset(dice: _Dice, ink: str, spark: str) -> Iterator[Shape]:
    """A sun cut by its own reflections."""
    x, horizon, radius = dice.between(44, 76), dice.between(62, 78), dice.between(34, 46)
    yield _circle(x, horizon, radius, {"fill": ink})
    for line in range(6):
        top = horizon + line * 8
        stripe = {"x": 0, "y": top, "width": SIDE, "height": 2.5 + line, "fill": spark, "fill-opacity": 0.9}
        yield Shape(tag="rect", attributes=stripe)


def _halftone(dice: _Dice, ink: str, spark: str) -> Iterator[Shape]:
    """Printer's dots, swelling like a wave."""
    length, turn = dice.between(0.25, 0.6), dice.between(0, 6)
    glint = dice.below(64)
    for dot in range(64):
        column, row = dot % 8, dot // 8
        swell = math.sin(column * length + turn) + math.cos(row * length * 1.4 + turn)
        radius = round(2 + 2.4 * (swell + 2) / 2 * 1.3, 1)
        yield _circle(11 + column * 14, 11 + row * 14, radius, {"fill": spark if dot == glint else ink})


def _waves(dice: _Dice, ink: str, spark: str) -> Iterator[Shape]:
    """A string that was just plucked."""
    lit = dice.below(7)
    for line in range(7):
        y, reach = 18 + line * 14, dice.between(4, 15)
        path = f"M-5 {y} Q 17 {y - reach} 40 {y} T 80 {y} T 125 {y}"
        stroke = {"stroke": spark if line == lit else ink, "stroke-width": 4 if line == lit else 2.5}
        yield Shape(tag="path", attributes={"d": path, "fill": "none", **stroke})


def _circle(x: float, y: float, radius: float, paint: Mapping[str, object]) -> Shape:
    return Shape(tag="circle", attributes={"cx": x, "cy": y, "r": round(radius, 1), **paint})


DRAWINGS: tuple[Callable[[_Dice, str, str], Iterator[Shape]], ...] = (
    _record,
    _spotlights,
    _levels,
    _sunset,
    _halftone,
    _waves,
)
