"""Shapes as signed distances: negative inside, positive outside, in micrometres.

The smooth minimum is the quadratic one of I. Quilez, "Smooth minimum" (2013).
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
"""Single precision throughout; NumPy's own types lose track of that."""
Point = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Window:
    """The part of a picture where something is drawn.

    Attributes:
        x: (1, w) places of the pixel columns, in micrometres from the centre of the thing.
        y: (h, 1) the same of the pixel rows.
        density: (3, h, w) optical densities, or (h, w) thickness; a view of the whole picture,
            painted in place.
        pixel: Side of a pixel, in micrometres.
        reach: Half the side of the window, in micrometres, before the picture's edge cut it.
        box: The same part as (rows, columns) of the whole picture.
    """

    x: Floats
    y: Floats
    density: Floats
    pixel: float
    reach: float
    box: tuple[slice, slice]


def window_at(density: Floats, centre: Point, reach: float, frame: float) -> Window:
    """The part of a picture up to `reach` micrometres around `centre`.

    Args:
        density: (3, size, size) optical densities of the whole picture, or (size, size).
        centre: (x, y) in micrometres from the upper left corner; may lie outside.
        reach: In micrometres.
        frame: Side of the whole picture, in micrometres.
    """
    size = density.shape[-1]
    pixel = frame / size

    def stretch(middle: float) -> slice:
        first = int((middle - reach) / pixel)
        return slice(max(first, 0), max(min(int((middle + reach) / pixel) + 1, size), 0))

    places = (np.arange(size, dtype=np.float32) + np.float32(0.5)) * np.float32(pixel)
    columns, rows = stretch(centre[0]), stretch(centre[1])
    x = (places[columns] - np.float32(centre[0]))[None, :]
    y = (places[rows] - np.float32(centre[1]))[:, None]
    return Window(x, y, density[..., rows, columns], pixel, reach, (rows, columns))


def ellipse(
    window: Window, centre: Point, radius: float, elongation: float = 1.0, angle: float = 0.0
) -> Floats:
    """Signed distance (near the edge, to first order) of an ellipse of area pi radius²."""
    x, y = window.x - np.float32(centre[0]), window.y - np.float32(centre[1])
    stretch = np.float32(np.sqrt(elongation))
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    along, across = (x * cos + y * sin) / stretch, (y * cos - x * sin) * stretch
    return np.sqrt(along * along + across * across) - np.float32(radius)


def path(window: Window, points: list[Point], half_width: float) -> Floats:
    """Signed distance of a line of round ends through two or more points."""
    pieces = [_segment(window, a, b) for a, b in pairwise(points)]
    return np.minimum.reduce(pieces) - np.float32(half_width)


def _segment(window: Window, a: Point, b: Point) -> Floats:
    x, y = window.x - np.float32(a[0]), window.y - np.float32(a[1])
    dx, dy = np.float32(b[0] - a[0]), np.float32(b[1] - a[1])
    along = np.clip((x * dx + y * dy) / max(dx * dx + dy * dy, np.float32(1e-6)), 0.0, 1.0)
    x, y = x - along * dx, y - along * dy
    return np.sqrt(x * x + y * y)


def union(a: Floats, b: Floats, blend: float) -> Floats:
    """Both shapes, run together over `blend` micrometres where they meet."""
    width = np.float32(max(blend, 1e-3))
    near = np.maximum(width - np.abs(a - b), 0.0)
    return np.minimum(a, b) - near * near / (4 * width)


def cut(a: Floats, b: Floats, blend: float) -> Floats:
    """The first shape without the second, its edges rounded over `blend` micrometres."""
    return -union(-a, b, blend)


def coverage(distance: Floats, width: float) -> Floats:
    """How much of a pixel lies inside, 0 … 1: a ramp of `width` micrometres over the edge."""
    return np.clip(np.float32(0.5) - distance / np.float32(width), 0.0, 1.0)


def paint(window: Window, alpha: Floats, colour: Floats) -> None:
    """Lay a colour ((3, 1, 1) or (3, h, w) densities) over a window, by coverage (h, w)."""
    density = window.density
    density += alpha * (colour - density)
