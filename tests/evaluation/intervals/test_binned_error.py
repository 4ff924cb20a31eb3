"""The interval of the calibration error: limits, design effect, and what it must do."""

import numpy as np
import pytest

from hemoscope.evaluation.bins import binned, equal_width_edges
from hemoscope.evaluation.intervals.binned_error import binned_error_interval, noise_correlation

EDGES = equal_width_edges(15)


def forecast(cells, shift=0.0, seed=0):
    rng = np.random.default_rng(seed)
    stated = rng.beta(6, 1.5, size=cells)
    outcome = rng.random(cells) < np.clip(stated - shift, 0, 1)
    return stated, outcome


def test_a_calibrated_forecaster_reaches_zero():
    found = binned_error_interval((binned(*forecast(800, seed=1), EDGES),))
    assert found.low == 0
    assert 0 < found.high < 0.06


def test_a_miscalibrated_forecaster_does_not():
    bins = binned(*forecast(4000, shift=0.1), EDGES)
    found = binned_error_interval((bins,))
    assert 0.08 < found.low < 0.1 < found.high < 0.12
    assert found.low < found.median < found.high
    # Every bin errs by far and to one side: noise adds nothing that would have to come off.
    assert found.median == pytest.approx(np.abs(bins.gap).sum(), rel=0.01)


@pytest.mark.parametrize(("cells", "shift"), [(500, 0.01), (500, 0.02), (2000, 0.02)])
def test_the_bias_that_noise_adds_is_taken_off(cells, shift):
    bins = binned(*forecast(cells, shift=shift), EDGES)
    assert binned_error_interval((bins,)).median < 0.9 * np.abs(bins.gap).sum()


def test_more_cells_narrow_it():
    widths = []
    for cells in (400, 4000, 40_000):
        found = binned_error_interval((binned(*forecast(cells, shift=0.05), EDGES),))
        widths.append(found.high - found.low)
    assert widths[0] > 2 * widths[1] > 4 * widths[2]


def test_the_seed_decides_and_little_depends_on_it():
    bins = (binned(*forecast(2000, shift=0.05), EDGES),)
    first, again, other = (binned_error_interval(bins, seed=s) for s in (0, 0, 1))
    assert first == again != other
    assert other.high == pytest.approx(first.high, abs=0.15 * (first.high - first.low))


def test_independent_cells_have_unit_correlation():
    stated, outcome = forecast(500)
    bins = binned(stated, outcome, EDGES)
    held = int((bins.count > 0).sum())
    matrix = noise_correlation((bins,), outcome[:, None].astype(float))
    np.testing.assert_allclose(matrix, np.eye(held), atol=1e-12)


def test_ten_copies_have_a_design_effect_of_ten():
    stated, outcome = (np.repeat(v, 10) for v in forecast(500))
    bins = binned(stated, outcome, EDGES)
    groups = np.arange(5000) // 10
    matrix = noise_correlation((bins,), outcome[:, None].astype(float), groups)
    varied = np.diag(matrix) != 1
    assert varied.sum() > 5
    np.testing.assert_allclose(np.diag(matrix)[varied], 10 * 500 / 499)


def test_two_classes_mirror_each_other():
    """With two classes the bins of one are those of the other: noise is perfectly correlated."""
    rng = np.random.default_rng(0)
    stated = (rng.integers(0, 10, size=600) + 0.5) / 10
    outcome = rng.random(600) < stated
    edges = equal_width_edges(10)
    blocks = (binned(stated, outcome, edges), binned(1 - stated, ~outcome, edges))
    outcomes = np.column_stack([outcome, ~outcome]).astype(float)
    matrix = noise_correlation(blocks, outcomes)
    np.testing.assert_allclose(np.abs(matrix).sum(1), 2, atol=1e-9)
    both = binned_error_interval(blocks, matrix)
    one = binned_error_interval(blocks[:1])
    assert both.high == pytest.approx(one.high, rel=0.15)


def test_without_a_failure_the_upper_limit_follows_the_rule_of_three():
    outcome = np.repeat([True, False], 50)
    found = binned_error_interval((binned(outcome.astype(float), outcome, EDGES),))
    assert found.low == 0
    # No failure in 100 cells excludes, at 2.5 to 5 %, failure rates above 3 to 3.7 in 100.
    assert 0.025 < found.high < 0.05
