"""Pictures for acts, albums and venues: drawn from the id, so that no network is needed to see one."""

from collections.abc import Callable
from random import Random

from setlist.sandbox.catalogue.draw import chance

_SIDE = 640
_WIDE = 1136, 639
# Hues that go together: two for the ground, one for what is drawn on it.
_PALETTES = (
    ("#0f2027", "#2c5364", "#f2c14e"), ("#355070", "#b56576", "#eaac8b"), ("#1b4332", "#74c69d", "#fefae0"),
    ("#3c096c", "#e0aaff", "#ffd166"), ("#14213d", "#fca311", "#e5e5e5"), ("#540b0e", "#e09f3e", "#fff3b0"),
    ("#03045e", "#00b4d8", "#caf0f8"), ("#2b2d42", "#8d99ae", "#ef233c"), ("#264653", "#2a9d8f", "#e9c46a"),
    ("#5f0f40", "#fb8b24", "#e36414"), ("#22223b", "#9a8c98", "#f2e9e4"), ("#0b3954", "#bfd7ea", "#ff6663"),
    ("#4a4e69", "#c9ada7", "#fefae0"), ("#006d77", "#83c5be", "#ffddd2"), ("#231942", "#be95c4", "#e0b1cb"),
)  # fmt: skip


def picture(kind: str, identity: str) -> bytes | None:
    """None if it is no kind of picture."""
    if kind not in _DRAWINGS:
        return None
    random = chance("picture", kind, identity)
    dark, light, accent = random.choice(_PALETTES)
    width, height = _WIDE if kind == "venue" else (_SIDE, _SIDE)
    angle = random.randrange(360)
    drawing = _DRAWINGS[kind](random, width, height, accent)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">'
        f'<defs><linearGradient id="g" gradientTransform="rotate({angle} .5 .5)">'
        f'<stop offset="0" stop-color="{dark}"/><stop offset="1" stop-color="{light}"/>'
        "</linearGradient></defs>"
        f'<rect width="{width}" height="{height}" fill="url(#g)"/>{drawing}</svg>'
    ).encode()


def _act(random: Random, width: int, height: int, accent: str) -> str:
    return random.choice((_rings, _waves, _bars))(random, width, height, accent)


def _waves(random: Random, width: int, height: int, accent: str) -> str:
    """Layers of hills, as a loud line seen from afar."""
    drawn = []
    layers = random.randrange(3, 6)
    for layer in range(layers):
        level = height * (layer + 2) / (layers + 2)
        swing = random.randrange(30, 110)
        step = width / 4
        curves = "".join(f"T{step * (turn + 2):.0f} {level:.0f}" for turn in range(3))
        drawn.append(
            f'<path d="M0 {level:.0f}Q{step / 2:.0f} {level - swing:.0f} {step:.0f} {level:.0f}{curves}'
            f'V{height}H0Z" fill="{accent}" fill-opacity="{0.14 + layer * 0.09:.2f}"/>'
        )
    return "".join(drawn)


def _bars(random: Random, width: int, height: int, accent: str) -> str:
    """An equaliser."""
    count = random.choice((7, 9, 12))
    step = width / (count + 2)
    drawn = []
    for bar in range(count):
        tall = height * random.uniform(0.15, 0.75)
        x, y = step * (bar + 1.2), (height - tall) / 2
        drawn.append(
            f'<rect x="{x:.0f}" y="{y:.0f}" width="{step * 0.6:.0f}" height="{tall:.0f}" '
            f'rx="{step * 0.3:.0f}" fill="{accent}" fill-opacity="{random.uniform(0.45, 0.9):.2f}"/>'
        )
    return "".join(drawn)


def _rings(random: Random, width: int, height: int, accent: str) -> str:
    """Circles around a point, as sound would go."""
    x, y = random.randrange(width // 4, width * 3 // 4), random.randrange(height // 4, height * 3 // 4)
    step = random.randrange(26, 54)
    circles = [
        f'<circle cx="{x}" cy="{y}" r="{step * (ring + 1)}" fill="none" stroke="{accent}" '
        f'stroke-opacity="{0.75 / (ring + 1) + 0.06:.2f}" stroke-width="{random.choice((3, 6, 12))}"/>'
        for ring in range(random.randrange(5, 10))
    ]
    return f'<circle cx="{x}" cy="{y}" r="{step // 2}" fill="{accent}" fill-opacity="0.85"/>' + "".join(
        circles
    )


def _shapes(random: Random, width: int, height: int, accent: str) -> str:
    """For an album: a grid of quarter circles and bars."""
    cells = random.choice((3, 4, 5))
    side = width / cells
    drawn = []
    for cell in range(cells * cells):
        x, y = cell % cells * side, cell // cells * side
        opacity = random.choice((0.0, 0.12, 0.3, 0.55, 0.85))
        corner = random.randrange(5)
        if corner == 4:
            shape = f'<rect x="{x:.0f}" y="{y:.0f}" width="{side:.0f}" height="{side / 2:.0f}"'
        else:
            cx, cy = x + side * (corner % 2), y + side * (corner // 2)
            sweep = 1 if corner in {0, 3} else 0
            ax = x + side * (1 - corner % 2)
            ay = y + side * (1 - corner // 2)
            arc = f"A{side:.0f} {side:.0f} 0 0 {sweep} {cx:.0f} {ay:.0f}Z"
            shape = f'<path d="M{cx:.0f} {cy:.0f}L{ax:.0f} {cy:.0f}{arc}"'
        drawn.append(f'{shape} fill="{accent}" fill-opacity="{opacity}"/>')
    return "".join(drawn)


def _skyline(random: Random, width: int, height: int, accent: str) -> str:
    """For a venue: roofs before an evening sky."""
    drawn = [
        f'<circle cx="{random.randrange(width)}" cy="{height // 3}" r="{height // 7}" '
        f'fill="{accent}" fill-opacity="0.9"/>'
    ]
    x = -10
    while x < width:
        wide, tall = random.randrange(40, 120), random.randrange(height // 6, height // 2)
        drawn.append(
            f'<rect x="{x}" y="{height - tall}" width="{wide}" height="{tall}" fill="#0b1020" '
            f'fill-opacity="{random.choice((0.45, 0.6, 0.75))}"/>'
        )
        x += wide - random.randrange(12)
    return "".join(drawn)


_DRAWINGS: dict[str, Callable[[Random, int, int, str], str]] = {
    "artist": _act,
    "album": _shapes,
    "venue": _skyline,
}
