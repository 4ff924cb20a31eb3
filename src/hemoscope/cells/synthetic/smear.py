"""The field around the cell: pale-centred red cells that part before it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemoscope.cells.synthetic.morphology import Span
from hemoscope.cells.synthetic.shapes import Floats, Point, coverage, ellipse, window_at
from hemoscope.cells.synthetic.stain import FRAME_UM, density_of

RED_CELL = density_of((206, 169, 168))
RED_CELL_RADIUS = Span(2.9, 4.0)
"""In micrometres."""
SPACING = Span(6.8, 10.0)
"""Of the loose grid on which red cells lie, in micrometres: crowded or thin parts of a smear."""


@dataclass(frozen=True)
class RedCell:
    """One red cell.

    Attributes:
        centre: (x, y) in micrometres from the upper left corner; may lie outside.
        radius: In micrometres.
        elongation: Long over short axis.
        angle: Of the long axis, in radians.
        pallor: How much thinner its middle is than its ring, 0 … 1.
        pallor_radius: Radius of the thin middle over the radius of the cell.
    """

    centre: Point
    radius: float
    elongation: float
    angle: float
    pallor: float
    pallor_radius: float


def scatter_red_cells(cell_radius: float, rng: np.random.Generator) -> tuple[RedCell, ...]:
    """Red cells over the picture but for a disc of `cell_radius` micrometres in its middle."""
    pallor = rng.uniform(0.25, 1.0)
    places = _places(rng)
    # What would lie well under the cell is left out, what would touch it is pushed aside.
    free = np.hypot(*(places - FRAME_UM / 2).T) > 0.75 * (cell_radius + RED_CELL_RADIUS.low)
    return tuple(_draw_red_cell(place, cell_radius, pallor, rng) for place in places[free])


def _places(rng: np.random.Generator) -> NDArray[np.float64]:
    """(n, 2) centres on a jittered grid with gaps."""
    step = SPACING.draw(rng)
    line = np.arange(-0.5 * step, FRAME_UM + step, step) + rng.uniform(-0.5, 0.5) * step
    grid = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    grid += rng.uniform(-0.34, 0.34, grid.shape) * step
    return grid[rng.uniform(size=len(grid)) < rng.uniform(0.7, 1.0)]


def _draw_red_cell(
    place: NDArray[np.float64], cell_radius: float, pallor: float, rng: np.random.Generator
) -> RedCell:
    radius = RED_CELL_RADIUS.draw(rng)
    away = place - FRAME_UM / 2
    distance = max(float(np.hypot(*away)), 1e-6)
    clear = max(distance, cell_radius + radius * rng.uniform(0.9, 1.15))
    x, y = FRAME_UM / 2 + away * clear / distance
    return RedCell(
        centre=(float(x), float(y)),
        radius=radius,
        elongation=1.0 + 0.35 * rng.uniform() ** 2,
        angle=rng.uniform(0.0, np.pi),
        pallor=pallor * rng.uniform(0.6, 1.0),
        pallor_radius=rng.uniform(0.35, 0.6),
    )


def paint_red_cells(density: Floats, cells: tuple[RedCell, ...]) -> None:
    """Add red cells to (3, size, size) optical densities; where two overlap, it is darker."""
    thickness = np.zeros(density.shape[1:], np.float32)
    for cell in cells:
        _add_thickness(thickness, cell)
    density += thickness * RED_CELL


def _add_thickness(thickness: Floats, cell: RedCell) -> None:
    """A disc with a steep edge, a ring, and a thin middle; 1 on the ring."""
    window = window_at(thickness, cell.centre, 1.25 * cell.radius, FRAME_UM)
    if window.density.size == 0:
        return
    distance = ellipse(window, (0.0, 0.0), cell.radius, cell.elongation, cell.angle)
    inward = np.clip(1.0 + distance / np.float32(cell.radius), 0.0, 1.0)
    slope = np.clip((inward - np.float32(cell.pallor_radius - 0.22)) / 0.44, 0.0, 1.0)
    middle = 1 - slope * slope * (3 - 2 * slope)
    edge = np.exp(-((distance + 0.15) ** 2) / np.float32(0.04))
    profile = 1 - np.float32(cell.pallor) * middle + np.float32(0.22) * edge
    layer = coverage(distance, max(window.pixel, 0.2)) * profile
    # Two red cells flatten where they overlap: the sum of both would be far too dark.
    below = window.density
    below[:] = np.maximum(below, layer) + np.float32(0.3) * np.minimum(below, layer)
