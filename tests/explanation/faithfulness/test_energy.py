import numpy as np
import pytest

from hemoscope.explanation.faithfulness.energy import energy_shares
from hemoscope.explanation.masks import UNKNOWN


def test_shares_of_a_map_counted_by_hand():
    mask = np.array([[255, 128, 0, 0]], np.uint8)[None]
    values = np.array([[3.0, 1.0, 4.0, -9.0]])[None]
    found = energy_shares(values, mask)
    assert found.nucleus[0] == pytest.approx(3 / 8)
    assert found.cell[0] == pytest.approx(4 / 8)
    assert (found.nucleus_area[0], found.cell_area[0]) == (0.25, 0.5)


def test_an_even_map_has_the_share_that_the_region_has():
    rng = np.random.default_rng(0)
    mask = rng.choice(np.array([0, 128, 255], np.uint8), (2, 16, 16))
    found = energy_shares(np.full((2, 16, 16), 0.2), mask)
    np.testing.assert_allclose(found.nucleus, found.nucleus_area)
    np.testing.assert_allclose(found.cell, found.cell_area)


def test_a_cell_without_mask_has_neither_shares_nor_areas():
    masks = np.full((2, 4, 4), UNKNOWN, np.uint8)
    masks[1] = 255
    found = energy_shares(np.ones((2, 4, 4)), masks)
    for measured in (found.nucleus, found.cell, found.nucleus_area, found.cell_area):
        np.testing.assert_array_equal(measured, [np.nan, 1])


def test_a_map_that_speaks_against_everywhere_has_no_shares():
    found = energy_shares(np.full((1, 4, 4), -1.0), np.full((1, 4, 4), 255, np.uint8))
    assert np.isnan(found.nucleus).all()
