"""Cells from elsewhere are noticed by how many look like none of the classes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from hemoscope.calibration.other_source import LEAST_P, OtherSource


@given(st.integers(1, 500), st.data(), st.floats(0.001, 0.4))
def test_p_is_that_of_the_exact_binomial_test_at_twice_the_rate(cells, data, rate):
    flagged = data.draw(st.integers(0, cells))
    expected = binom.sf(flagged - 1, cells, 2 * rate)
    assert OtherSource(flagged, cells, rate).p == pytest.approx(expected, rel=1e-7, abs=1e-12)


@pytest.mark.parametrize(
    ("flagged", "cells", "suspected"),
    [
        (1, 100, False),  # as expected
        (18, 100, True),  # CellaVision's cells by the bundle that ships
        (1200, 100_000, False),  # more than expected for certain, and yet no other microscope
        (3, 5, True),
        (1, 1, False),  # one odd cell says nothing about the set
        (0, 50, False),
    ],
)
def test_only_many_more_than_expected_are_suspect(flagged, cells, suspected):
    found = OtherSource(flagged, cells, 0.01)
    assert found.suspected is suspected
    assert bool(str(found)) is suspected


def test_a_set_like_the_validation_cells_hardly_ever_alarms():
    cells, rate = 200, 0.01
    alarms = [k for k in range(cells + 1) if OtherSource(k, cells, rate).suspected]
    assert binom.sf(min(alarms) - 1, cells, rate) < LEAST_P / 10


def test_nothing_is_said_where_unknown_cells_are_not_looked_for():
    assert OtherSource.of(5, 10, None) is None
    assert OtherSource.of(0, 0, 0.01) is None


def test_it_says_how_many_and_what_to_do():
    told = str(OtherSource(18, 100, 0.01))
    assert "18 of 100 cells (18.0%) look like none of the classes" in told
    assert "at most 1.0% do" in told
    assert "hemoscope calibrate" in told
