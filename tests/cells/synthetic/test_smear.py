"""Red cells are pale in the middle and keep off the cell."""

import numpy as np
import pytest

from hemoscope.cells.synthetic.smear import (
    RED_CELL,
    RedCell,
    paint_red_cells,
    scatter_red_cells,
)
from hemoscope.cells.synthetic.stain import FRAME_UM

ROUND = RedCell(
    centre=(15.0, 15.0), radius=3.5, elongation=1.0, angle=0.0, pallor=0.8, pallor_radius=0.45
)


def painted(*cells: RedCell, size: int = 124) -> np.ndarray:
    """(size, size) thickness: density over that of a red cell's ring."""
    density = np.zeros((3, size, size), np.float32)
    paint_red_cells(density, cells)
    np.testing.assert_allclose(
        density / RED_CELL, np.broadcast_to(density[1] / RED_CELL[1], density.shape), rtol=1e-5
    )
    return density[1] / RED_CELL[1]


def test_a_red_cell_is_pale_in_the_middle():
    thickness = painted(ROUND)
    middle, ring, outside = thickness[60, 60], thickness[60, 70], thickness[60, 80]
    assert middle == pytest.approx(0.2, abs=0.02)
    assert ring == pytest.approx(1.0, abs=0.05)
    assert outside == 0.0


def test_two_red_cells_are_darker_where_they_overlap_but_not_twice_as_dark():
    other = RedCell((18.0, 15.0), 3.5, 1.0, 0.0, 0.0, 0.45)
    both, single = painted(ROUND, other).max(), painted(other).max()
    assert single < both < 2 * single


def test_red_cells_outside_the_picture_are_harmless():
    assert not painted(RedCell((-20.0, 50.0), 3.5, 1.0, 0.0, 0.5, 0.45)).any()


@pytest.mark.parametrize("cell_radius", [2.0, 7.0])
def test_no_red_cell_lies_under_the_cell(cell_radius: float):
    for seed in range(20):
        cells = scatter_red_cells(cell_radius, np.random.default_rng(seed))
        assert len(cells) >= 5
        for cell in cells:
            away = np.hypot(*np.subtract(cell.centre, FRAME_UM / 2))
            assert away >= cell_radius + 0.9 * cell.radius - 1e-9
