"""Shapes have the areas that geometry gives them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemoscope.cells.synthetic.shapes import (
    Window,
    coverage,
    cut,
    ellipse,
    paint,
    path,
    union,
    window_at,
)

PIXEL = 0.05


def window(side: float = 12.0) -> Window:
    size = round(side / PIXEL)
    return window_at(np.zeros((3, size, size), np.float32), (side / 2, side / 2), side, side)


def area(distance: np.ndarray) -> float:
    return float(coverage(distance, PIXEL).sum()) * PIXEL**2


@settings(max_examples=20, deadline=None)
@given(radius=st.floats(0.5, 3.5), stretch=st.floats(1.0, 2.0), angle=st.floats(0.0, 3.1))
def test_stretching_keeps_the_area_of_an_ellipse(radius: float, stretch: float, angle: float):
    drawn = area(ellipse(window(), (0.3, -0.2), radius, stretch, angle))
    assert drawn == pytest.approx(np.pi * radius**2, rel=0.03)


def test_path_is_a_capsule():
    drawn = area(path(window(), [(-2.0, 0.0), (0.0, 0.0), (2.0, 0.0)], 0.5))
    assert drawn == pytest.approx(4.0 * 1.0 + np.pi * 0.25, rel=0.01)


def test_union_without_blend_is_the_minimum_and_with_it_only_grows():
    a, b = ellipse(window(), (-1.0, 0.0), 1.2), ellipse(window(), (1.0, 0.0), 1.2)
    np.testing.assert_allclose(union(a, b, 0.0), np.minimum(a, b), atol=1e-3)
    blended = union(a, b, 0.6)
    assert np.all(blended <= np.minimum(a, b) + 1e-6)
    np.testing.assert_allclose(
        np.minimum(a, b) - blended, np.clip(0.6 - abs(a - b), 0, 1) ** 2 / 2.4, atol=1e-5
    )


def test_cut_takes_away_the_second_shape():
    a, b = ellipse(window(), (0.0, 0.0), 2.0), ellipse(window(), (0.0, 0.0), 1.0)
    assert area(cut(a, b, 0.0)) == pytest.approx(np.pi * 3.0, rel=0.01)


def test_window_shows_its_part_of_the_picture():
    picture = np.zeros((3, 40, 40), np.float32)
    part = window_at(picture, (5.0, 15.0), 2.0, 20.0)
    part.density[:] = 1.0
    rows, columns = np.nonzero(picture[0])
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (26, 34, 6, 14)
    assert part.pixel == 0.5
    assert np.abs(part.x).max() <= 2.5


@pytest.mark.parametrize("centre", [(-9.0, 5.0), (5.0, 29.0), (99.0, -99.0)])
def test_window_outside_the_picture_is_empty(centre: tuple[float, float]):
    assert window_at(np.zeros((3, 20, 20), np.float32), centre, 2.0, 20.0).density.size == 0


def test_paint_covers_as_far_as_alpha_says():
    part = window(1.0)
    part.density[:] = 2.0
    alpha = np.full(part.density.shape[1:], 0.25, np.float32)
    paint(part, alpha, np.full((3, 1, 1), 6.0, np.float32))
    np.testing.assert_allclose(part.density, 3.0)
