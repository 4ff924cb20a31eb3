from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from hemoscope.claims.arithmetic.scores import f1, mean, standard_deviation_range, weighted_mean
from hemoscope.claims.interval import Interval

RATES = st.integers(20, 200).map(lambda n: Fraction(n, 200))


@st.composite
def rate_intervals(draw: st.DrawFn) -> Interval:
    low, high = sorted((draw(RATES), draw(RATES)))
    return Interval(low, high)


@given(RATES, RATES)
def test_f1_of_known_rates_is_the_harmonic_mean(precision, recall):
    value = f1(Interval.exactly(precision), Interval.exactly(recall))
    assert value == Interval.exactly(2 * precision * recall / (precision + recall))


@given(rate_intervals(), rate_intervals())
def test_f1_runs_from_the_low_ends_to_the_high_ends(precision, recall):
    value = f1(precision, recall)
    assert value.low == 2 * precision.low * recall.low / (precision.low + recall.low)
    assert value.high == 2 * precision.high * recall.high / (precision.high + recall.high)


def test_averages_against_numpy():
    values = [Interval.exactly(Fraction(k, 7)) for k in (3, 5, 6)]
    plain = [float(v.low) for v in values]
    assert float(mean(values).low) == pytest.approx(np.mean(plain))
    weighted = weighted_mean(values, [2, 3, 9])
    assert float(weighted.high) == pytest.approx(np.average(plain, weights=[2, 3, 9]))


@pytest.mark.parametrize("lost", [0, 1])
def test_spread_of_known_values_is_numpys(lost):
    values = [Fraction(k, 100) for k in (96, 100, 99, 94, 99, 95, 97, 100)]
    low, high = standard_deviation_range([Interval.exactly(v) for v in values], lost=lost)
    expected = np.std([float(v) for v in values], ddof=lost)
    assert low == pytest.approx(expected)
    assert high == pytest.approx(expected)


@given(st.lists(rate_intervals(), min_size=2, max_size=5), st.integers(0, 2**31))
def test_spread_holds_that_of_any_values(intervals, seed):
    low, high = standard_deviation_range(intervals, lost=0)
    shares = np.random.default_rng(seed).random(len(intervals))
    values = [
        float(i.low) + s * float(i.high - i.low) for i, s in zip(intervals, shares, strict=True)
    ]
    assert low - 1e-9 <= np.std(values) <= high + 1e-9


def test_the_least_spread_is_what_an_optimiser_finds():
    ends = [(0.1, 0.2), (0.5, 0.9), (0.3, 0.35), (0.7, 0.8)]
    intervals = [Interval(Fraction(str(a)), Fraction(str(b))) for a, b in ends]
    found = minimize(np.var, [0.15, 0.6, 0.32, 0.75], bounds=ends, tol=1e-14)
    low, _ = standard_deviation_range(intervals, lost=0)
    assert low == pytest.approx(np.sqrt(found.fun), abs=1e-6)


def test_intervals_with_a_common_value_can_be_equal():
    intervals = [Interval(Fraction(0), Fraction(1)), Interval(Fraction(1, 2), Fraction(2))]
    assert standard_deviation_range(intervals, lost=0)[0] == pytest.approx(0, abs=1e-9)
