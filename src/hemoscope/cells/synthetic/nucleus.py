"""The outline of a nucleus: lobes on an arc, joined by bridges; or one piece, with a notch."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hemoscope.cells.synthetic.morphology import Nucleus
from hemoscope.cells.synthetic.shapes import Floats, Point, Window, cut, ellipse, path, union
from hemoscope.cells.synthetic.texture import smooth_noise

THINNEST = 0.44
"""Width of the thinnest filament between two lobes, in micrometres."""
WIDEST_STEP = np.radians(150.0)
"""Between two lobes on the arc; a wider one would bring two lobes together again behind."""


@dataclass(frozen=True, eq=False)
class NucleusOutline:
    """A nucleus that was drawn.

    Attributes:
        form: Its name, such as "band".
        lobes: How many lobes it has.
        distance: (h, w) signed distance to its edge, in micrometres.
    """

    form: str
    lobes: int
    distance: Floats


def draw_nucleus(
    window: Window, nucleus: Nucleus, cell_radius: float, rng: np.random.Generator
) -> NucleusOutline:
    """One nucleus of the given form, in a cell of the given radius around the window's centre."""
    lobes = int(rng.choice(nucleus.lobes))
    arc = np.radians(nucleus.arc.draw(rng))
    share = nucleus.share_of_cell.draw(rng)
    offset = nucleus.offset.draw(rng) * cell_radius
    facing = rng.uniform(0.0, 2.0 * np.pi)
    area = share * np.pi * cell_radius**2
    if arc == 0.0:
        distance = _single(window, nucleus, np.sqrt(area / np.pi), (offset, facing), rng)
    elif lobes == 1:
        distance = _band(window, _on_arc(9, offset, facing, arc), area, rng)
    else:
        spread = min(arc, WIDEST_STEP * (lobes - 1))
        distance = _chain(window, nucleus, _on_arc(lobes, offset, facing, spread), area, rng)
    waves = smooth_noise(window, 1.6, 2.0 * cell_radius, rng)
    # A wave never bites so deep that it cuts a filament.
    waves = np.minimum(waves * np.float32(nucleus.waviness.draw(rng)), 0.27 * THINNEST)
    return NucleusOutline(nucleus.name, lobes, distance + waves)


def _on_arc(count: int, radius: float, facing: float, arc: float) -> list[Point]:
    """Points on the arc that faces a direction."""
    angles = facing + np.linspace(-0.5, 0.5, count) * arc
    return [(float(radius * np.cos(angle)), float(radius * np.sin(angle))) for angle in angles]


def _single(
    window: Window,
    nucleus: Nucleus,
    radius: float,
    place: tuple[float, float],
    rng: np.random.Generator,
) -> Floats:
    """A nucleus in one piece at a (distance, direction), with a notch in its long side."""
    centre = (float(place[0] * np.cos(place[1])), float(place[0] * np.sin(place[1])))
    axis = rng.uniform(0.0, np.pi)
    stretch = nucleus.elongation.draw(rng)
    body = ellipse(window, centre, radius, stretch, axis)
    depth = nucleus.indentation.draw(rng)
    if depth == 0.0:
        return body
    side = axis + np.pi / 2 + rng.uniform(-0.4, 0.4)
    from_centre = radius / np.sqrt(stretch) + radius * (0.45 * np.sqrt(1.4) - depth)
    notch = (
        float(centre[0] + from_centre * np.cos(side)),
        float(centre[1] + from_centre * np.sin(side)),
    )
    return cut(body, ellipse(window, notch, 0.45 * radius, 1.4, side), 0.5 * radius)


def _band(window: Window, points: list[Point], area: float, rng: np.random.Generator) -> Floats:
    """A bent sausage of the given area: 2 w length + pi w² = area gives its half-width w."""
    length = sum(float(np.hypot(*np.subtract(a, b))) for a, b in pairwise(points))
    half_width = (np.sqrt(length**2 + np.pi * area) - length) / np.pi
    return path(window, points, half_width * rng.uniform(0.9, 1.1))


def _chain(
    window: Window, nucleus: Nucleus, points: list[Point], area: float, rng: np.random.Generator
) -> Floats:
    """Lobes of varied size at the points, each joined to the next."""
    radius = np.sqrt(area / len(points) / np.pi)
    bridge = nucleus.bridge.draw(rng)
    lobes = [
        ellipse(
            window,
            (x + float(rng.normal(0.0, 0.12 * radius)), y + float(rng.normal(0.0, 0.12 * radius))),
            radius * rng.uniform(0.82, 1.15),
            nucleus.elongation.draw(rng),
            np.arctan2(y, x) + np.pi / 2 + rng.uniform(-0.7, 0.7),
        )
        for x, y in points
    ]
    joined = np.minimum.reduce(lobes)
    return union(joined, path(window, points, max(bridge * radius, THINNEST / 2)), 0.2 * radius)
