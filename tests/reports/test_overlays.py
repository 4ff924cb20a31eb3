import numpy as np

from hemoscope.reports.overlays import AGAINST, FOR, STRONGEST, overlay, scaled, side_by_side

GREY = np.full((4, 4, 3), 100, np.uint8)


def test_for_is_orange_against_is_blue_and_nothing_is_grey():
    values = np.zeros((4, 4))
    values[0, 0], values[3, 3] = 2, -2
    drawn = overlay(GREY, values)
    for place, colour in (((0, 0), FOR), ((3, 3), AGAINST)):
        expected = (1 - STRONGEST) * 100 + STRONGEST * np.array(colour)
        np.testing.assert_allclose(drawn[place], expected, atol=1)
    assert (drawn[1, 1] == 100).all()


def test_one_scale_for_both_signs_and_none_for_an_offset():
    assert np.abs(scaled(np.array([[4.0, -2.0], [0.0, 4.0]]))).max() == 1
    assert scaled(np.array([[4.0, -2.0], [0.0, 4.0]]))[0, 1] == -0.5
    assert scaled(np.array([[5.0, 6.0], [5.0, 6.0]])).min() == 0
    assert (scaled(np.full((3, 3), 7.0)) == 0).all()


def test_the_cell_stands_left_of_its_map():
    drawn = side_by_side(GREY, np.zeros((4, 4)))
    assert drawn.shape == (4, 8, 3)
    assert (drawn[:, :4] == GREY).all()
